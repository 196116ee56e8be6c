/** Logout Tokens: tell a client that a user was logged out, OIDC Back-Channel Logout §2.4. */
import type { UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { signingSecret } from '../client-authentication/secret.ts'
import { signingAlgorithm } from '../fapi.ts'
import { policyOf } from '../policy.ts'
import { signingKeyId } from '../tokens/signing-key.ts'
import { subjectForClient } from '../tokens/subject.ts'
import { sidFor } from './sid.ts'

const rules = defineRules('Logout Token', {
  nothingNamed: {
    code: 'P096001',
    error: 'invalid_request',
    spec: 'OIDC Back-Channel Logout §2.4',
    message: 'A subject or a sessionId is required: specify who was logged out.',
    fix: 'Pass the `subject` or the `sessionId` of the user who was logged out.',
  },
  clientUnknown: {
    code: 'P096002',
    error: 'invalid_request',
    spec: 'OIDC Back-Channel Logout §2.5',
    message: 'The clientIdentifier is required, and must name a client of this service.',
    fix: 'Pass the id or alias of a client of this service as `clientIdentifier`.',
  },
  uriMissing: {
    code: 'P096003',
    error: 'invalid_request',
    spec: 'OIDC Back-Channel Logout §2.2',
    message: 'The client has no backchannelLogoutUri: register one, or do not notify the client.',
    fix: 'Register the URL at which the client is notified, or leave the client out.',
    settings: ['client.backchannelLogoutUri'],
  },
  sessionMissing: {
    code: 'P096004',
    error: 'invalid_request',
    spec: 'OIDC Back-Channel Logout §2.2',
    message:
      'A sessionId is required: the client registered backchannelLogoutSessionRequired as true.',
    fix: 'Pass the `sessionId`, or let the client do without it.',
    settings: ['client.backchannelLogoutSessionRequired'],
  },
})

/** The client that a call names, with the URL that is notified. */
export function requireNotified<Found extends { client: Client }>(
  found: Found | undefined,
): Found & { backchannelLogoutUri: string } {
  if (!found) refuse(rules.clientUnknown)
  const { clientId, backchannelLogoutUri } = found.client
  if (!backchannelLogoutUri) refuse(rules.uriMissing, `client ${clientId}`)
  return { ...found, backchannelLogoutUri }
}

/** Who was logged out: named as Postern knows them, or as the client knows them. */
export interface LoggedOut {
  subject?: string | undefined
  sessionId?: string | undefined
  /** `sub` and `sid` of the client's ID Tokens, which come before `subject` and `sessionId`. */
  sub?: string | undefined
  sid?: string | undefined
  /** The identifier of the client in its requests; its number if absent. */
  aud?: string | undefined
  /** The form of `aud` in the client's ID Tokens, if the caller chose it. */
  audienceType?: string | undefined
}

const lifetimeSeconds = 120

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** A Logout Token before signing; `now` is in milliseconds. It never contains a nonce. */
export function unsignedLogoutToken(
  service: Service,
  client: Client,
  loggedOut: LoggedOut,
  { now, jti }: { now: number; jti: string },
): UnsignedJwt {
  const { subject, sessionId } = loggedOut
  const sub = loggedOut.sub || (subject && subjectForClient(service, client, {}, subject))
  const sid = loggedOut.sid || (sessionId && sidFor(service, client, sessionId))
  if (!sub && !sid) refuse(rules.nothingNamed)
  if (!sid && client.backchannelLogoutSessionRequired) refuse(rules.sessionMissing)
  const issuedAt = Math.floor(now / 1000)
  const aud = loggedOut.aud || String(client.clientId)
  const audienceType = loggedOut.audienceType ?? service.idTokenAudType ?? 'array'
  return {
    signing: signingOf(service, client),
    header: { typ: 'logout+jwt' },
    claims: {
      iss: service.issuer,
      aud: audienceType === 'array' ? [aud] : aud,
      iat: issuedAt,
      exp: issuedAt + lifetimeSeconds,
      jti,
      events: { [event]: {} },
      ...(sub ? { sub } : {}),
      ...(sid ? { sid } : {}),
    },
  }
}

/**
 * OIDC Back-Channel Logout §2.4: signed like the client's ID Tokens, but never unsigned. For
 * clients with unsigned ID Tokens, the default algorithm of the service with any of its keys.
 */
function signingOf(service: Service, client: Client): UnsignedJwt['signing'] {
  const policy = policyOf(service, client)
  const { idTokenSignAlg } = client
  const isUnsigned = idTokenSignAlg === 'NONE'
  const alg = signingAlgorithm(policy, service, isUnsigned ? undefined : idTokenSignAlg)
  const ofService = isUnsigned ? undefined : service.idTokenSignatureKeyId
  const keyId = signingKeyId(service, client, alg, ofService)
  return isUnsigned ? { alg, keyId } : { alg, keyId, clientSecret: signingSecret(service, client) }
}
