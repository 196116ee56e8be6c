/** The resource owner password credentials grant, RFC 6749 §4.3: the caller checks the password. */

import type { ServiceContext } from '../context.ts'
import { detailsToApi, parseAuthorizationDetails } from '../oauth/authorization-details.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { requireResources } from '../oauth/service/profile.ts'
import { defineRules, refuse } from '../refusal.ts'
import type { GrantRequest } from '../tokens/grant-request.ts'
import { openTicket } from '../tokens/ticket.ts'

const rules = defineRules('Password', {
  incomplete: {
    code: 'P023001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.3.2',
    message: 'The parameters username and password are required.',
    fix: 'Send both `username` and `password`.',
  },
})

/** The password is only returned to the caller. The ticket does not contain it. */
export async function password(request: GrantRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store } = context
  const username = parameters.get('username')
  const presented = parameters.get('password')
  if (username === undefined || presented === undefined) {
    refuse(rules.incomplete, { parameter: username === undefined ? 'username' : 'password' })
  }
  const text = parameters.get('authorization_details')
  const authorizationDetails = parseAuthorizationDetails(text, service, client)
  const scopes = chooseScopes(parameters.get('scope'), service, client)
  const { ticket, write } = openTicket(request, context, {
    grantType: 'PASSWORD',
    scopes,
    resources: requireResources(service, client, parseResources(parameters)),
    authorizationDetails,
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
