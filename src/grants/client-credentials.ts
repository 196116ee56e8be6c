/** The client credentials grant, RFC 6749 §4.4: a token for the client itself. */

import type { ServiceContext } from '../context.ts'
import { Grant } from '../model/grant.ts'
import { defineAttribute, oneOf } from '../oauth/attribute.ts'
import { parseAuthorizationDetails } from '../oauth/authorization-details.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { requireResources } from '../oauth/service/profile.ts'
import { defineRules, refuse } from '../refusal.ts'
import type { GrantRequest } from '../tokens/grant-request.ts'
import { issueTokens } from '../tokens/issue.ts'

const rules = defineRules('Client credentials', {
  publicClient: {
    code: 'P022001',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.4',
    message: 'The grant type client_credentials requires client authentication.',
    fix: 'Register an authentication method for the client: a public client has no grant without a user.',
    settings: ['client.tokenAuthMethod', 'client.clientType'],
  },
  openid: {
    code: 'P022002',
    error: 'invalid_scope',
    spec: 'RFC 6749 §4.4',
    message: 'The scope openid requires a user: it cannot be requested with client credentials.',
    fix: 'Omit the scope openid, or let the service ignore it.',
    settings: ['service.ext.cc.openid'],
  },
})

const openid = defineAttribute({
  name: 'ext.cc.openid',
  of: 'service',
  form: oneOf('ignore', 'reject'),
  fallback: 'ignore',
  effect:
    'With `reject`, client credentials requests with the scope openid are refused. With `ignore`, ' +
    'the scope is not granted.',
  spec: 'RFC 6749 §4.4',
})

/** Scopes that require a user, so they are not granted. */
const userScopes = ['openid', 'offline_access']

/** Issues an access token without a refresh token, RFC 6749 §4.4.3. */
export async function clientCredentials(request: GrantRequest, context: ServiceContext) {
  const { parameters, client, namedBy } = request
  if (request.clientAuthMethod === 'NONE') {
    refuse(rules.publicClient, { setting: 'client.tokenAuthMethod', given: 'NONE' })
  }
  const chosen = chooseScopes(parameters.get('scope'), context.service, client)
  const isOpenId = chosen.includes('openid')
  if (isOpenId && openid.read(context.service) === 'reject') {
    refuse(rules.openid, { parameter: 'scope', given: chosen, setting: 'service.ext.cc.openid' })
  }
  const grant = Grant.parse({
    scopes: chosen.filter((scope) => !userScopes.includes(scope)),
    resources: requireResources(context.service, client, parseResources(parameters)),
    authorizationDetails: parseAuthorizationDetails(
      parameters.get('authorization_details'),
      context.service,
      client,
    ),
    properties: request.properties,
    jwtAtClaims: request.jwtAtClaims,
    namedBy,
    ...request.binding,
  })
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'CLIENT_CREDENTIALS',
      subject: undefined,
      grant,
      accessToken: request.accessToken,
      accessTokenDuration: request.accessTokenDuration,
    },
    'final',
  )
  await context.store.commit(...request.writes, ...tokens.writes)
  return { ...tokens, subject: undefined, refreshTokenScopes: undefined }
}
