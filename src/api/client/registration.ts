/** Dynamic client registration: create, read, update and delete. RFC 7591, RFC 7592 */

import { z } from 'zod'
import { recordOf } from '../../audit/record.ts'
import { rewriteClient } from '../../clients/change.ts'
import { storeNewClient } from '../../clients/create.ts'
import { visibleClient } from '../../clients/describe.ts'
import {
  claimSoftware,
  describedMetadata,
  newAlias,
  newRegistrationToken,
  presentedClient,
  type Registered,
  registerOnce,
  requireGood,
  rotateToken,
  successorOf,
} from '../../clients/registration.ts'
import { rowOf } from '../../clients/row.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientIdText } from '../../http/identifier.ts'
import { json, nothing } from '../../http/relay.ts'
import { Client, type ClientDocument, StoredClient } from '../../model/client/client.ts'
import { firstSecret, secretBits, updatedSecret } from '../../oauth/client-authentication/secret.ts'
import {
  initialTokenMissing,
  registeredDocument,
  requireRegistration,
  tooManyClients,
} from '../../oauth/registration/dynamic.ts'
import {
  chosenSecret,
  registrationRefusal,
  requireManager,
  requireSameClient,
} from '../../oauth/registration/management.ts'
import { registered, stayOf } from '../../oauth/registration/outside-client.ts'
import { registrationSettings } from '../../oauth/registration/registration-settings.ts'
import { registrationHash } from '../../oauth/registration/repeated.ts'
import { registrationResponse } from '../../oauth/registration/response.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { requireResources, requireScopes } from '../../oauth/tokens/presentation.ts'
import { errorBody, Refusal, refuse } from '../../refusal.ts'
import { checkMessageSignature } from '../../tokens/message-signature.ts'
import { findPresentedToken } from '../../tokens/presented.ts'
import { nonceAfter, nonceFor, requireSender } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'

const RegistrationRequest = z
  .object({
    json: z
      .string()
      .max(200_000)
      .optional()
      .describe('Client metadata: the body of the request as the client sent it.'),
    token: z
      .string()
      .max(8_192)
      .optional()
      .describe(
        'The registration access token that the client presented. To register, the initial access ' +
          'token, which is checked if the service has `ext.dcr.required_scopes`.',
      ),
    clientSecret: z
      .string()
      .max(8_192)
      .optional()
      .describe(
        'The secret that the client presented in place of the token, with `ext.dcr.client_auth`.',
      ),
    clientId: ClientIdText.optional().describe('Number or alias of the client of the request.'),
    clientCertificate: field.clientCertificate,
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    dpopNonceRequired: field.dpopNonceRequired,
  })
  .meta({ id: 'client_registration_request' })

const RegistrationResponse = z
  .object({
    action: action(
      'BAD_REQUEST',
      'CREATED',
      'DELETED',
      'INTERNAL_SERVER_ERROR',
      'OK',
      'UNAUTHORIZED',
      'UPDATED',
    ),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    client: Client.optional().describe('The registered client.'),
    dpopNonce: field.dpopNonce,
    wwwAuthenticate: field.wwwAuthenticate,
  })
  .meta({ id: 'client_registration_response' })

const refused = {
  BAD_REQUEST: json(400),
  INTERNAL_SERVER_ERROR: json(500),
}
/** The challenge is in `wwwAuthenticate`. */
const unauthorized = json(401)

const about = {
  method: 'post',
  tag: 'Dynamic Client Registration',
  right: 'use_service',
  fromBrowsers: true,
  body: RegistrationRequest,
  clientText: {
    json: 'request',
    token: 'token',
    clientId: 'token',
    clientSecret: 'credentials',
    clientCertificate: 'request',
    dpop: 'request',
    htu: 'request',
  },
  response: RegistrationResponse,
  refuse: ({ rule }: Refusal, context: ServiceContext) => ({
    ...registrationRefusal(rule, context.service),
    responseContent: errorBody(rule, context.service),
    ...nonceAfter(context, rule.error),
  }),
} as const

export const registrationCreate = defineEndpoint({
  ...about,
  operationId: 'client_registration_api',
  audits: 'client.registered',
  path: '/api/{serviceId}/client/registration',
  summary: 'Register a client',
  description:
    'Checks the client metadata and stores the client with an id, a secret and the hash of a ' +
    'registration access token. The frontend decides whether the request is allowed, or the service ' +
    'requires an access token (`ext.dcr.required_scopes`). Unknown members are ignored. With `ext.dcr.idempotent`, a repeated ' +
    'registration of a client without a secret returns the client of the first one.',
  relay: { CREATED: json(201), UNAUTHORIZED: unauthorized, ...refused },
  results: { CREATED: { code: 'P088901', message: 'The client is registered.' } },
  async handle({ body }, context) {
    const { service } = context
    requireRegistration(service)
    await requireInitialAccess(body, context)
    const metadata = await describedMetadata(body.json, context)
    const document = { ...registeredDocument(metadata, service), ...newAlias(context) }
    await requireGood(document, context)
    const { client, token, fresh } = await registerOnce(
      context,
      registrationHash(metadata, document, service),
      (hash) => register(document, hash, context),
    )
    return {
      action: 'CREATED',
      responseContent: registrationResponse(client, service, { token, fresh }),
      client: visibleClient(client, context, fresh),
      ...nonceFor(context, body),
    }
  },
})

export const registrationGet = defineEndpoint({
  ...about,
  operationId: 'client_registration_get_api',
  path: '/api/{serviceId}/client/registration/get',
  summary: 'Get a client that registered itself',
  description:
    'Returns the registered metadata if the registration access token or the secret is valid.',
  relay: { OK: json(200), UNAUTHORIZED: unauthorized, ...refused },
  results: { OK: { code: 'P085901', message: 'The client is described.' } },
  async handle({ body }, context) {
    const presented = await presentedClient(body, context)
    const { client, token } = await rotateToken(context, presented, body.token)
    return {
      action: 'OK',
      responseContent: registrationResponse(client, context.service, { token }),
      client: visibleClient(client, context),
    }
  },
})

export const registrationUpdate = defineEndpoint({
  ...about,
  operationId: 'client_registration_update_api',
  audits: 'client.updated',
  path: '/api/{serviceId}/client/registration/update',
  summary: 'Update a client that registered itself',
  description:
    'Replaces the metadata: members that the request omits are removed. The id and ' +
    'properties that only callers of this API set stay unchanged, and so do the secret and the ' +
    'registration access token unless the service allows their change.',
  relay: { UPDATED: json(200), UNAUTHORIZED: unauthorized, ...refused },
  results: { UPDATED: { code: 'P086901', message: 'The client is updated.' } },
  async handle({ body }, context) {
    const { service, now } = context
    const presented = await presentedClient(body, context)
    const metadata = await describedMetadata(body.json, context)
    requireSameClient(metadata, presented, service)
    const document = registeredDocument(metadata, service, presented)
    await requireGood(document, context)
    const writes = await claimSoftware(document, context, presented)
    if (writes.length > 0) await context.store.commit(...writes)
    const successor = successorOf(context, body.token)
    const rotated = successor ? { registrationAccessTokenHash: tokenHash(successor) } : {}
    let updated: Partial<Client> = {}
    let fresh: string | undefined
    const newSecret = context.system.random.token(secretBits)
    const former = await rewriteClient(context, presented.clientId, async (current) => {
      requireManager(current, body, service, now)
      requireSameClient(metadata, current, service)
      const described = registeredDocument(metadata, service, current)
      const chosen = chosenSecret(metadata, described, current)
      const after = updatedSecret(service, current, { chosen, newSecret, now })
      fresh = after.fresh
      const { whole, ...row } = rowOf(described, {
        ...rotated,
        ...after.secrets,
        dynamicallyRegistered: current.dynamicallyRegistered,
      })
      updated = whole
      const { unusedMilliseconds } = stayOf(service, registered)
      return { ...row, expiresAt: now + unusedMilliseconds }
    })
    const { number, clientId, createdAt } = former
    const token = successor ?? body.token
    const client = StoredClient.parse({ ...updated, number, clientId, createdAt, modifiedAt: now })
    return {
      action: 'UPDATED',
      responseContent: registrationResponse(client, service, { token, fresh }),
      client: visibleClient(client, context, fresh),
    }
  },
})

export const registrationDelete = defineEndpoint({
  ...about,
  operationId: 'client_registration_delete_api',
  audits: 'client.deleted',
  path: '/api/{serviceId}/client/registration/delete',
  summary: 'Delete a client that registered itself',
  description: 'Deletes the client with its tokens, codes, tickets and grants, irrevocably.',
  relay: { DELETED: nothing(204), UNAUTHORIZED: unauthorized, ...refused },
  results: { DELETED: { code: 'P087901', message: 'The client is deleted.' } },
  async handle({ body }, context) {
    const { service, store } = context
    const { clientId } = await presentedClient(body, context)
    await store.commit(
      ...store.clients.delete(service.apiKey, clientId),
      store.revisions.deleteOfClient(service.apiKey, clientId),
      ...recordOf(context, { target: { kind: 'client', id: clientId } }),
    )
    return { action: 'DELETED' }
  },
})

/** Stores a new client. One with a hash is shared by registrations, and has no token. */
async function register(
  document: ClientDocument,
  hash: string | undefined,
  context: ServiceContext,
): Promise<Registered> {
  const { service, store, system, now } = context
  const token = hash === undefined ? newRegistrationToken(context) : undefined
  const clientSecret = system.random.token(secretBits)
  const row = rowOf(document, {
    ...firstSecret(service, clientSecret, { isRegistered: true, now }),
    clientSource: 'DYNAMIC_REGISTRATION',
    dynamicallyRegistered: true,
    registrationAccessTokenHash: token && tokenHash(token),
  })
  const writes = await claimSoftware(document, context)
  const { unusedMilliseconds, limit } = stayOf(service, registered)
  const full = new Refusal(tooManyClients)
  const room = store.expiringClients.requireRoom(service.apiKey, 'other', limit, full)
  const shared = { ...row, registrationHash: hash }
  const expiresAt = now + unusedMilliseconds
  const client = await storeNewClient(context, shared, () => [...room, ...writes], expiresAt)
  return { client, token, fresh: clientSecret }
}

/** With `ext.dcr.required_scopes`, a registration requires an active token with these scopes. */
async function requireInitialAccess(
  body: z.output<typeof RegistrationRequest>,
  context: ServiceContext,
): Promise<void> {
  const { service } = context
  const { token } = body
  const required = registrationSettings.requiredScopes.read(service)
  if (!required) return
  if (!token) refuse(initialTokenMissing)
  const endpoint = service.registrationEndpoint
  const { client, grant } = await findPresentedToken(context, token)
  await checkMessageSignature(context, client, body, endpoint)
  await requireSender(context, grant, body, { htm: 'POST', htu: endpoint, accessToken: token })
  requireResources(grant.resources, endpoint ? [endpoint] : [])
  requireScopes(grant.scopes, required)
}
