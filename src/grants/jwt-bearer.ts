/** The JWT bearer grant, RFC 7523 §2.1: the caller verifies the signature and decides. */

import type { ServiceContext } from '../context.ts'
import { detailsToApi } from '../oauth/authorization-details.ts'
import { requireAssertion, requireBearer } from '../oauth/grants/jwt-bearer.ts'
import { askedOf, type OpenRequest, openTicket } from '../tokens/ticket.ts'

/** Returns a ticket and the assertion, for the caller to decide. */
export async function jwtBearer(request: OpenRequest, context: ServiceContext) {
  const { service, store, now } = context
  requireBearer(service, request.client)
  const { parameters, proven } = request
  const assertion = await requireAssertion(parameters, proven, service, now)
  const asked = askedOf(request, context)
  const { ticket, write } = openTicket(request, context, { grantType: 'JWT_BEARER', ...asked })
  await store.commit(...request.writes, write)
  return {
    assertion,
    ticket,
    scopes: asked.scopes,
    resources: asked.resources,
    authorizationDetails: detailsToApi(asked.authorizationDetails),
  }
}
