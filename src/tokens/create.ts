/** Tokens that the caller creates outside of any OAuth flow. */
import type { z } from 'zod'
import { identifyClient } from '../clients/authenticate.ts'
import type { ServiceContext } from '../context.ts'
import type { AuthzDetails } from '../model/authorization-details.ts'
import type { CredentialIdentifiers } from '../model/credential/identifiers.ts'
import type { GrantType } from '../model/enums.ts'
import { Grant, type Property } from '../model/grant.ts'
import { namedByOf } from '../model/named-by.ts'
import { deviceOf } from '../model/token/device.ts'
import { detailsFromApi, detailsToApi } from '../oauth/authorization-details.ts'
import { userDataOf } from '../oauth/claims/policy-release.ts'
import { requireDescribed } from '../oauth/resources/demands.ts'
import { keepScopes } from '../oauth/scope.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { credentialsToStore } from '../oauth/vci/datasets.ts'
import type { CredentialGrant } from '../oauth/vci/granted.ts'
import { defineRules, refuse } from '../refusal.ts'
import { issueAccessToken } from './access-token.ts'
import { newFamilyId } from './family.ts'
import { isNeverRefreshed, isRefreshable, issueRefreshToken } from './refresh/refresh-token.ts'
import { tokenTypeOf } from './response.ts'
import { joinSession } from './session.ts'

const rules = defineRules('Token create', {
  clientMissing: {
    code: 'P046001',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    message: 'The call must contain clientId or clientIdentifier.',
    fix: 'Pass the `clientId` or the `clientIdentifier` of the client.',
  },
  clientUnknown: {
    code: 'P046002',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    message: 'The client that the call specifies is unknown.',
    fix: 'Pass the id or alias of a client of this service.',
  },
  subjectMissing: {
    code: 'P046003',
    error: 'invalid_request',
    spec: 'RFC 6749 §5.1',
    message: 'A subject is required for a token of this grant type.',
    fix: 'Pass a `grantType`, and a `subject` for each grant type except CLIENT_CREDENTIALS.',
  },
  scopeUnsupported: {
    code: 'P046004',
    error: 'invalid_request',
    spec: 'RFC 6749 §3.3',
    message: 'The call contains a scope that the service or the client does not have.',
    fix: 'Add the scope to service and client, or omit it.',
    settings: ['service.supportedScopes', 'client.extension'],
  },
})

/** The caller's description of the token; `clientIdentifier` overrides `clientId`. */
export interface TokenToCreate {
  grantType?: GrantType | undefined
  clientId?: number | undefined
  clientIdentifier?: string | undefined
  clientIdAliasUsed?: boolean | undefined
  clientEntityIdUsed?: boolean | undefined
  metadataDocumentUsed?: boolean | undefined
  subject?: string | undefined
  scopes?: string[] | undefined
  resources?: string[] | undefined
  authorizationDetails?: z.output<typeof AuthzDetails> | undefined
  properties?: Property[] | undefined
  jwtAtClaims?: string | undefined
  accessToken?: string | undefined
  refreshToken?: string | undefined
  accessTokenDuration?: number | undefined
  refreshTokenDuration?: number | undefined
  accessTokenPersistent?: boolean | undefined
  forExternalAttachment?: boolean | undefined
  certificateThumbprint?: string | undefined
  dpopKeyThumbprint?: string | undefined
  acr?: string | undefined
  authTime?: number | undefined
  sessionId?: string | undefined
  userAttributes?: string | undefined
  clientIp?: string | undefined
  userAgent?: string | undefined
  credentialIdentifiers?: CredentialIdentifiers[] | undefined
}

/** The response for one token, and the writes that store it. */
export async function prepareToken(body: TokenToCreate, context: ServiceContext) {
  const { service, now } = context
  const grantType = body.grantType ?? refuse(rules.subjectMissing)
  const subject = body.subject || undefined
  if (subject === undefined && grantType !== 'CLIENT_CREDENTIALS') refuse(rules.subjectMissing)
  const { client, ...named } = await namedClient(body, context)
  const scopes = keepScopes(body.scopes ?? [], service, client)
  if (scopes.length < new Set(body.scopes ?? []).size) refuse(rules.scopeUnsupported)
  requireDescribed(service, body.resources ?? [])
  const authorizationDetails = detailsFromApi(body.authorizationDetails)
  const credentials = credentialsToStore(
    service,
    { scopes, authorizationDetails },
    body.credentialIdentifiers,
  )
  const grant = grantOf(body, { scopes, authorizationDetails, credentials, ...named })
  const withRefresh = !isNeverRefreshed(grantType) && isRefreshable(context, client)
  const familyId = withRefresh ? newFamilyId(context) : undefined
  const issue = {
    client,
    grantType,
    subject: grantType === 'CLIENT_CREDENTIALS' ? undefined : subject,
    grant,
    // A token of a client for itself has no user.
    user: grantType === 'CLIENT_CREDENTIALS' ? undefined : userDataOf(body),
    ...(familyId === undefined ? {} : { familyId }),
    device: deviceOf(body),
    accessToken: body.accessToken,
    accessTokenDuration: body.accessTokenDuration,
    accessTokenPersistent: body.accessTokenPersistent ?? false,
    forExternalAttachment: body.forExternalAttachment ?? false,
    isCreated: true,
  }
  const refresh =
    familyId === undefined ? undefined : issueRefreshToken(context, { ...issue, familyId }, body)
  const access = await issueAccessToken(context, issue)
  const answer = {
    action: 'OK' as const,
    accessToken: access.accessToken,
    jwtAccessToken: access.jwtAccessToken,
    clientId: client.clientId,
    clientIdentifier: body.clientIdentifier,
    expiresAt: access.accessTokenExpiresAt,
    expiresIn: Math.max(0, Math.floor((access.accessTokenExpiresAt - now) / 1000)),
    grantType,
    properties: grant.properties,
    refreshToken: refresh?.refreshToken,
    scopes: access.grant.scopes,
    refreshTokenScopes: refresh && scopes,
    subject: issue.subject,
    tokenType: tokenTypeOf(service, grant),
    forExternalAttachment: issue.forExternalAttachment,
    tokenId: tokenHash(access.accessToken),
    sessionId: grant.sessionId,
    authorizationDetails: detailsToApi(grant.authorizationDetails),
  }
  const joined = joinSession(context, client, grant, issue.subject)
  return { answer, client, writes: [...joined, ...access.writes, ...(refresh?.writes ?? [])] }
}

async function namedClient(
  { clientId, clientIdentifier, ...flags }: TokenToCreate,
  context: ServiceContext,
) {
  const named = clientIdentifier ?? clientId?.toString() ?? refuse(rules.clientMissing)
  const found = (await identifyClient(context, named)) ?? refuse(rules.clientUnknown)
  return {
    client: found.client,
    namedBy: namedByOf(flags) ?? found.namedBy,
  }
}

const grantOf = (body: TokenToCreate, decided: CredentialGrant & Pick<Grant, 'namedBy'>): Grant =>
  Grant.parse({
    properties: body.properties,
    resources: body.resources,
    acr: body.acr,
    authTime: body.authTime || undefined,
    sessionId: body.sessionId,
    jwtAtClaims: body.jwtAtClaims,
    certificateThumbprint: body.certificateThumbprint,
    dpopThumbprint: body.dpopKeyThumbprint,
    ...decided,
  })
