/** Authorization codes, RFC 6749 §4.1.2: the grant is stored until the code is redeemed. */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import type { Device } from '../model/token/device.ts'
import type { UserData } from '../model/user-data.ts'
import { storedUserData } from '../oauth/claims/policy-release.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import { policyOf } from '../oauth/policy.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import type { Write } from '../store/engine.ts'

export interface CodeParts {
  client: Client
  request: AuthorizationTicket
  grant: Grant
  familyId: string
  subject: string
  user?: UserData | undefined
  device?: Device | undefined
  accessTokenDuration?: number | undefined
}

/** A new code, and the write that stores it with its redirect URI and code challenge. */
export function issueCode(
  { service, store, system, now }: ServiceContext,
  { client, request, grant, familyId, subject, user, device, accessTokenDuration }: CodeParts,
): { value: string; writes: Write[] } {
  const value = system.random.token(256)
  const { codeSecondsLimit } = policyOf(service, client, grant.scopes)
  const seconds = Math.min(effectiveSeconds(service, 'authorizationCodeDuration'), codeSecondsLimit)
  const { redirectUri, redirectUriGiven, codeChallenge, codeChallengeMethod } = request
  const write = store.codes.insert({
    serviceId: service.apiKey,
    codeHash: tokenHash(value),
    familyId,
    clientId: client.clientId,
    subject,
    sessionId: grant.sessionId,
    user: storedUserData(service, 'code', user),
    expiresAt: now + seconds * 1000,
    data: {
      grant,
      redirectUri,
      redirectUriGiven,
      codeChallenge,
      codeChallengeMethod,
      accessTokenDuration,
      device,
    },
  })
  return { value, writes: [write] }
}
