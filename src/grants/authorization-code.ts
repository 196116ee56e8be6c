/** The authorization code grant, RFC 6749 §4.1.3 and OIDC Core §3.1.3. */

import type { ServiceContext } from '../context.ts'
import type { Grant } from '../model/grant.ts'
import { deviceOf } from '../model/token/device.ts'
import { verifyCodeVerifier } from '../oauth/authorization/pkce.ts'
import { narrowAuthorizationDetails } from '../oauth/authorization-details.ts'
import { narrowResources, parseResources } from '../oauth/resource.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { requireGrantKey } from '../oauth/tokens/dpop.ts'
import { grantedDetail } from '../oauth/vci/details.ts'
import {
  check,
  defineRules,
  difference,
  fingerprint,
  plan,
  Refusal,
  refuse,
  step,
} from '../refusal.ts'
import { orRefuse } from '../store/engine.ts'
import { endOfReplayed } from '../tokens/family.ts'
import type { GrantRequest } from '../tokens/grant-request.ts'
import { issueTokens } from '../tokens/issue.ts'

const rules = defineRules('Authorization code', {
  missing: {
    code: 'P020001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.3',
    message: 'The parameter code is required.',
    fix: 'Send the `code` of the authorization response.',
  },
  unknown: {
    code: 'P020002',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The authorization code is unknown or has expired.',
    fix: 'Redeem the code at once, at the same service; if it was, the user must authorize again.',
    settings: ['service.authorizationResponseDuration'],
  },
  otherClient: {
    code: 'P020003',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The authorization code was issued to another client.',
    fix: 'Redeem the code with the client that requested it.',
    settings: ['client.clientId'],
  },
  redirectUriMissing: {
    code: 'P020004',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.3',
    message: 'The parameter redirect_uri is required: the authorization request contained it.',
    fix: 'Repeat the `redirect_uri` of the authorization request in the token request.',
  },
  redirectUriMismatch: {
    code: 'P020005',
    error: 'invalid_grant',
    spec: 'RFC 6749 §4.1.3',
    message: 'The redirect_uri does not match the redirect_uri of the authorization request.',
    fix: 'Send the `redirect_uri` of the authorization request, character by character.',
    settings: ['client.redirectUris'],
  },
  used: {
    code: 'P020006',
    error: 'invalid_grant',
    spec: 'RFC 6749 §4.1.2',
    message: 'The authorization code has already been used.',
    fix: 'Redeem a code once; keep the response of the first request.',
  },
  replayed: {
    code: 'P020007',
    error: 'invalid_grant',
    spec: 'RFC 6749 §4.1.2',
    message: 'The authorization code has already been used: the tokens issued for it are revoked.',
    fix: 'Redeem a code once. If the client did, the code was stolen or logged: find out where.',
  },
})

/** A second use within this time is a retry of the client, not an attack. */
const retryMilliseconds = 1_000

/** Redeems a code. A second use revokes the tokens of the first one, RFC 6749 §4.1.2. */
export async function authorizationCode(request: GrantRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store, now } = context
  const serviceId = service.apiKey
  plan('code', 'redirect URI', 'PKCE', 'binding of the code', 'use of the code', 'tokens')
  step('code')
  const code = parameters.get('code') ?? refuse(rules.missing, { parameter: 'code' })
  const evidence = (note: string) => ({ parameter: 'code', given: fingerprint(code), note })
  const row = await store.codes.find(serviceId, tokenHash(code))
  check(row, rules.unknown, () => evidence('It was never issued, or expired long ago.'))
  // Another client must not be able to consume the code.
  check(row.clientId === client.clientId, rules.otherClient, () => ({
    parameter: 'client_id',
    given: client.clientId,
    expected: row.clientId,
  }))
  // Proofs are checked first, so that a leaked code alone cannot revoke the client's tokens.
  step('redirect URI')
  requireSameRedirectUri(row.data, parameters.get('redirect_uri'))
  step('PKCE', () => ({ codeChallengeMethod: row.data.codeChallengeMethod }))
  verifyCodeVerifier(row.data, parameters.get('code_verifier'))
  step('binding of the code', () => ({ dpopBound: !!row.data.grant.dpopThumbprint }))
  requireGrantKey(row.data.grant.dpopThumbprint, request.binding)
  step('use of the code', () => ({ expiresAt: row.expiresAt, consumedAt: row.consumedAt }))
  if (row.consumedAt != null) {
    const used = evidence(`It was used at ${row.consumedAt}; it is ${now} now.`)
    if (now - row.consumedAt <= retryMilliseconds) refuse(rules.used, used)
    await store.commit(...request.writes, ...endOfReplayed(context, 'code.replayed', row))
    refuse(rules.replayed, used)
  }
  check(row.expiresAt > now, rules.unknown, () => ({
    ...evidence(`It expired at ${row.expiresAt}; it is ${now} now.`),
    setting: 'service.authorizationResponseDuration',
  }))
  const resources = narrowResources(parseResources(parameters), row.data.grant.resources)
  const stored = row.data.grant
  const authorizationDetails = narrowAuthorizationDetails(
    parameters.get('authorization_details'),
    stored.authorizationDetails,
    grantedDetail(service, stored),
  )
  const details = stored.authorizationDetails ?? authorizationDetails
  const grant = withRequest({ ...stored, authorizationDetails: details }, request)
  step('tokens', () => ({ scopes: grant.scopes, resources }))
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'AUTHORIZATION_CODE',
      subject: row.subject ?? undefined,
      grant,
      user: store.codes.userOf(row),
      device: deviceOf(request.device ?? {}, row.data.device),
      narrowed: { resources, authorizationDetails },
      familyId: row.familyId,
      isGuarded: true,
      accessToken: request.accessToken,
      accessTokenDuration: request.accessTokenDuration || row.data.accessTokenDuration,
    },
    'refreshable',
    request.refreshTokenDuration,
  )
  await store.commit(
    ...request.writes,
    orRefuse(store.codes.consume(serviceId, row.codeHash, now), new Refusal(rules.used)),
    ...tokens.writes,
  )
  return { ...tokens, subject: row.subject ?? undefined, refreshTokenScopes: grant.scopes }
}

/** The grant with the properties, claims and binding of the token request. */
export function withRequest(
  grant: Grant,
  { properties, jwtAtClaims, binding }: GrantRequest,
): Grant {
  const names = new Set(properties.map(({ key }) => key))
  const kept = grant.properties.filter(({ key }) => !names.has(key))
  return {
    ...grant,
    ...binding,
    properties: [...kept, ...properties],
    ...(jwtAtClaims === undefined ? {} : { jwtAtClaims }),
  }
}

/** RFC 6749 §4.1.3: required and identical if the authorization request contained it. */
function requireSameRedirectUri(
  expected: { redirectUri: string; redirectUriGiven: boolean },
  presented: string | undefined,
): void {
  const { redirectUri, redirectUriGiven } = expected
  const evidence = { parameter: 'redirect_uri', given: presented, expected: redirectUri }
  check(presented !== undefined || !redirectUriGiven, rules.redirectUriMissing, evidence)
  const isSame = presented === undefined || presented === redirectUri
  check(isSame, rules.redirectUriMismatch, () => ({
    ...evidence,
    note: difference(presented ?? '', redirectUri),
  }))
}
