/** Introspection by RFC 7662, with a response in JSON or as a JWT (RFC 9701). */

import { z } from 'zod'
import { clientOfToken } from '../../../clients/grant-owner.ts'
import type { ServiceContext } from '../../../context.ts'
import { authenticatedTexts } from '../../../http/client-text.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { refuseAs } from '../../../http/refuse-as.ts'
import { json, jwt } from '../../../http/relay.ts'
import { signJwt } from '../../../jose/sign.ts'
import type { Client } from '../../../model/client/client.ts'
import { writeExact } from '../../../model/exact-json.ts'
import { type Grant, propertyMembers } from '../../../model/grant.ts'
import { policyClaims } from '../../../oauth/claims/policy-release.ts'
import { actorClaims } from '../../../oauth/grants/actors.ts'
import { parseParameters } from '../../../oauth/parameters.ts'
import { policyOf } from '../../../oauth/policy.ts'
import { foreignResource } from '../../../oauth/resource.ts'
import { confirmationOf, tokenHash } from '../../../oauth/tokens/access-token.ts'
import { never } from '../../../oauth/tokens/expiry.ts'
import { clientIdentifier } from '../../../oauth/tokens/id-token.ts'
import { mayBeIdToken } from '../../../oauth/tokens/introspection.ts'
import {
  encryptIntrospection,
  introspectionJwt,
  wantsJwt,
} from '../../../oauth/tokens/introspection-jwt.ts'
import { subjectForResources } from '../../../oauth/tokens/subject.ts'
import { detailsWithDatasets } from '../../../oauth/vci/details.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { introspectIdToken } from '../../../tokens/introspection/id-token.ts'
import { authenticateRequester } from '../../../tokens/introspection/requester.ts'
import { findFormer } from '../../../tokens/refresh/former.ts'
import { nonceAfter } from '../../../tokens/sender-constraint.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const rules = defineRules('Introspection', {
  tokenMissing: {
    code: 'P042001',
    error: 'invalid_request',
    spec: 'RFC 7662 §2.1',
    message: 'The parameter token is required in the introspection request.',
    fix: 'Send the parameter `token` in the form of the introspection request.',
  },
})

const StandardIntrospectionRequest = z
  .object({
    parameters: field.parameters,
    withHiddenProperties: z
      .boolean()
      .default(false)
      .describe('Whether the response includes hidden properties.'),
    rsUri: z
      .string()
      .optional()
      .describe('Identifier of the resource server that sent the introspection request.'),
    httpAcceptHeader: z.string().optional().describe('The Accept header of the request.'),
    introspectionSignAlg: z
      .string()
      .optional()
      .describe('Algorithm that signs the introspection response.'),
    introspectionEncryptionAlg: z
      .string()
      .optional()
      .describe('Algorithm that encrypts the key of the introspection response.'),
    introspectionEncryptionEnc: z
      .string()
      .optional()
      .describe('Algorithm that encrypts the content of the introspection response.'),
    sharedKeyForSign: z.string().optional().describe('Shared key for a symmetric signature.'),
    sharedKeyForEncryption: z.string().optional().describe('Shared key for symmetric encryption.'),
    publicKeyForEncryption: z
      .string()
      .optional()
      .describe('Public key for asymmetric encryption, as JSON text of a JWK.'),
    clientId: given.clientId,
    clientSecret: field.clientSecret,
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    bearerToken: z
      .string()
      .max(32_768)
      .optional()
      .describe(
        'The access token of the request, in place of client authentication, if the service has `ext.introspection.bearer_scopes`.',
      ),
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    dpopNonceRequired: field.dpopNonceRequired,
    ownTokensOnly: z
      .boolean()
      .optional()
      .describe(
        'Whether tokens of other clients are inactive. If the call has this member, `bearerToken` or credentials of a client, the client that sent the request is authenticated.',
      ),
  })
  .meta({ id: 'standard_introspection_request' })

const StandardIntrospectionResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'OK', 'JWT'),
    responseContent: z.string().optional().describe('The introspection response.'),
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'standard_introspection_response' })

const refused = refuseAs({ server_error: 'INTERNAL_SERVER_ERROR', otherwise: 'BAD_REQUEST' })

export const introspectionStandard = defineEndpoint({
  operationId: 'auth_introspection_standard_api',
  method: 'post',
  path: '/api/{serviceId}/auth/introspection/standard',
  tag: 'Introspection Endpoint',
  summary: 'Process an introspection request of RFC 7662',
  description:
    'The caller must authenticate the resource server first. If the call has the credentials of a ' +
    'client, `bearerToken` or `ownTokensOnly`, the client that sent the request is authenticated ' +
    'instead; if that fails, the action is `BAD_REQUEST` with the error of OAuth. For a token that is ' +
    'unknown, revoked, expired or of a locked client, the response is `{"active":false}`.',
  right: 'use_introspection',
  mayBeStale: true,
  body: StandardIntrospectionRequest,
  form: true,
  clientText: { ...authenticatedTexts, bearerToken: 'token', httpAcceptHeader: 'request' },
  response: StandardIntrospectionResponse,
  relay: {
    OK: json(200),
    JWT: jwt('application/token-introspection+jwt'),
    BAD_REQUEST: json(400),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: {
    OK: { code: 'P042901', message: 'The token was introspected.' },
    JWT: { code: 'P042902', message: 'The token was introspected; the response is a JWT.' },
  },
  async handle({ body }, context) {
    const parameters = parseParameters(body.parameters)
    const requester = await authenticateRequester(context, parameters, body)
    const token = parameters.get('token') ?? refuse(rules.tokenMissing, { parameter: 'token' })
    const hint = parameters.get('token_type_hint')
    const idToken = mayBeIdToken(context.service, hint)
      ? await introspectIdToken(context, token, { ...body, requester })
      : undefined
    const owner = body.ownTokensOnly ? requester : undefined
    const found = idToken ?? (await describeToken(context, token, hint, { ...body, owner }))
    const described = found ?? { active: false }
    const { jwtIntrospectionRequired } = policyOf(context.service)
    if (!jwtIntrospectionRequired && !wantsJwt(body.httpAcceptHeader)) {
      return { action: 'OK', responseContent: writeExact(described) }
    }
    const { service, keys, now } = context
    const response = introspectionJwt(service, body, described, now)
    const signed = await signJwt(keys.signing(service), response)
    return { action: 'JWT', responseContent: await encryptIntrospection(service, signed, body) }
  },
  refuse: (refusal, context) => ({
    ...refused(refusal, context),
    ...nonceAfter(context, refusal.rule.error),
  }),
})

interface Asked {
  withHiddenProperties: boolean
  rsUri?: string | undefined
  /** The only client whose tokens are active. */
  owner?: Client | undefined
}

/** RFC 7662 §2.1: the hint decides only which kind of token is looked up first. */
async function describeToken(
  context: ServiceContext,
  token: string,
  hint: string | undefined,
  { withHiddenProperties, rsUri, owner }: Asked,
): Promise<Record<string, unknown> | undefined> {
  const { service, store, now } = context
  const hash = tokenHash(token)
  const access = async () => store.accessTokens.findKept(service.apiKey, hash)
  const refresh = async () =>
    (await store.refreshTokens.find(service.apiKey, hash)) ?? (await findFormer(context, token)).row
  const first = hint === 'refresh_token' ? [refresh, access] : [access, refresh]
  const row = (await first[0]?.()) ?? (await first[1]?.())
  if (!row || row.expiresAt <= now) return undefined
  if (owner && row.clientId !== owner.clientId) return undefined
  const client = await clientOfToken(context, row)
  if (!client || client.locked) return undefined
  const grant: Grant = row.data.grant
  // RFC 9701 §5: the token is inactive for a resource server outside its audience.
  const isForOthers =
    grant.resources.length > 0 && rsUri && foreignResource(grant.resources, [rsUri])
  if (isForOthers) return undefined
  const isAccessToken = !('durationSeconds' in row.data)
  const subject =
    row.subject == null ? undefined : subjectForResources(service, client, grant, row.subject)
  const shown = grant.properties.filter(({ hidden }) => withHiddenProperties || !hidden)
  const user = 'durationSeconds' in row.data ? undefined : store.accessTokens.userOf(row)
  return {
    ...policyClaims(service, 'introspection', grant, user),
    ...propertyMembers(shown),
    active: true,
    ...(grant.scopes.length > 0 ? { scope: grant.scopes.join(' ') } : {}),
    client_id: clientIdentifier(client, grant),
    ...(isAccessToken
      ? { token_type: grant.dpopThumbprint ? 'DPoP' : service.accessTokenType || 'Bearer' }
      : {}),
    ...(row.expiresAt === never ? {} : { exp: Math.floor(row.expiresAt / 1000) }),
    iat: Math.floor(row.createdAt / 1000),
    nbf: Math.floor(row.createdAt / 1000),
    ...(subject === undefined ? {} : { sub: subject }),
    ...(grant.resources.length > 0 ? { aud: grant.resources } : {}),
    iss: service.issuer,
    ...('jwtId' in row.data && row.data.jwtId ? { jti: row.data.jwtId } : {}),
    ...(grant.acr ? { acr: grant.acr } : {}),
    ...(grant.authTime === undefined ? {} : { auth_time: grant.authTime }),
    ...detailsWithDatasets(service, grant),
    ...confirmationOf(grant),
    ...actorClaims(grant),
    ...(grant.test ? { test: true } : {}),
  }
}
