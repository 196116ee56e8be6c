/** The resource owner password credentials grant, RFC 6749 §4.3: the caller checks the password. */
import { tokenHash } from '../oauth/access-token.ts'
import { detailsToApi, parseAuthorizationDetails } from '../oauth/authorization-details.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { defineRules, refuse } from '../refusal.ts'
import type { GrantRequest, ServiceContext } from './grant-request.ts'

const rules = defineRules('Password', {
  incomplete: {
    code: 'P023001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.3.2',
    says: 'The token request has to carry a username and a password.',
  },
})

/** How long the caller may take to check a password. */
const ticketMilliseconds = 600_000

/** The password goes to the caller and nowhere else: the ticket does not hold it. */
export async function password(request: GrantRequest, context: ServiceContext) {
  const { parameters, client, clientIdAliasUsed, metadataDocumentUsed } = request
  const { service, store, system, now } = context
  const username = parameters.get('username')
  const presented = parameters.get('password')
  if (username === undefined || presented === undefined) refuse(rules.incomplete)
  const text = parameters.get('authorization_details')
  const authorizationDetails = parseAuthorizationDetails(text, service, client)
  const scopes = chooseScopes(parameters.get('scope'), service, client)
  const ticket = system.random.token(256)
  const write = store.tickets.insert({
    serviceId: service.apiKey,
    ticketHash: tokenHash(ticket),
    clientId: client.clientId,
    expiresAt: now + ticketMilliseconds,
    data: {
      kind: 'token',
      clientId: client.clientId,
      clientIdAliasUsed,
      metadataDocumentUsed,
      grantType: 'PASSWORD',
      scopes,
      resources: parseResources(parameters),
      authorizationDetails,
      properties: request.properties,
      jwtAtClaims: request.jwtAtClaims,
      ...request.binding,
      accessTokenDuration: request.accessTokenDuration,
      refreshTokenDuration: request.refreshTokenDuration,
    },
  })
  await store.commit(...request.writes, write)
  return {
    ticket,
    username,
    password: presented,
    scopes,
    authorizationDetails: detailsToApi(authorizationDetails),
  }
}
