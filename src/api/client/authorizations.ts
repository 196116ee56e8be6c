/** Lists, changes and deletes the authorizations that a user gave to clients ("connected apps"). */

import { z } from 'zod'
import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { grantedScopesOf, requireSubject } from '../../clients/granted-scopes.ts'
import { namedClient } from '../../clients/named.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { clamp, Page } from '../../http/page.ts'
import { ClientLimited } from '../../model/client/client.ts'
import { keepScopes } from '../../oauth/scope.ts'
import { clientOf } from '../../store/configuration.ts'
import { field } from '../fields.ts'
import { ClientPath, GrantedScopesShape, SubjectPath, SubjectQuery } from './schemas.ts'

const Query = Page.extend({
  ...SubjectQuery.shape,
  developer: field.developer,
})
type Query = z.output<typeof Query>

const AuthorizationList = z
  .object({
    start: field.start,
    end: field.end,
    developer: field.developerOfCall,
    subject: z.string().describe('Unique identifier of the user.'),
    totalCount: z.int().describe('Number of clients that hold tokens of the user.'),
    clients: z.array(ClientLimited).describe('The clients of the requested page.'),
  })
  .meta({ id: 'client_authorization_get_list_response' })

async function listAuthorizations(context: ServiceContext, query: Query) {
  const { service, store, now } = context
  const subject = requireSubject(query.subject)
  const { start, end } = clamp(query)
  const developer = query.developer || undefined
  const page = { start, end, developer }
  const found = await store.accessTokens.authorizedClients(service.apiKey, subject, now, page)
  const rows = await store.clients.findMany(service.apiKey, found.clientIds)
  const clients = rows.map((row) => ClientLimited.parse(clientOf(row)))
  return { start, end, developer, subject, totalCount: found.total, clients }
}

const path = '/api/{serviceId}/client/authorization'
const list = {
  tag: 'Client Management',
  summary: 'List the clients that a user has authorized',
  description: 'The clients that hold an unexpired access or refresh token of the user.',
  right: 'view_client',
  response: AuthorizationList,
} as const

export const authorizationsList = defineEndpoint({
  ...list,
  operationId: 'client_authorization_get_list_api',
  method: 'get',
  path: `${path}/get/list`,
  query: Query,
  handle: ({ query }, context) => listAuthorizations(context, query),
})

export const authorizationsListPost = defineEndpoint({
  ...list,
  operationId: 'client_authorization_get_list_api_post',
  method: 'post',
  path: `${path}/get/list`,
  body: Query.meta({ id: 'client_authorization_get_list_request' }),
  form: true,
  handle: ({ body }, context) => listAuthorizations(context, body),
})

export const authorizationsListBySubject = defineEndpoint({
  ...list,
  operationId: 'client_authorization_get_list_by_subject_api',
  method: 'get',
  path: `${path}/get/list/{subject}`,
  params: SubjectPath.pick({ subject: true }),
  query: Query.omit({ subject: true }),
  handle: ({ params, query }, context) => listAuthorizations(context, { ...query, ...params }),
})

export const authorizationsUpdate = defineEndpoint({
  operationId: 'client_authorization_update_api',
  audits: 'authorization.updated',
  method: 'post',
  path: `${path}/update/{clientId}`,
  tag: 'Client Management',
  summary: 'Change the scopes that a user authorized a client for',
  description:
    'Replaces the scopes of all access and refresh tokens that the client holds for the user. Scopes ' +
    'that the service or the client does not have are ignored.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientPath,
  body: z
    .object({
      subject: z.string().min(1).max(255).describe('Unique identifier of the user.'),
      scopes: z.array(z.string().max(255)).max(1_000).optional().describe('The new scopes.'),
    })
    .meta({ id: 'client_authorization_update_request' }),
  form: true,
  response: z.object({}).meta({ id: 'client_authorization_update_response' }),
  results: { OK: { code: 'P065901', message: 'The authorization is updated.' } },
  async handle({ params, body }, context) {
    const { service, store } = context
    const client = await namedClient(context, params.clientId)
    if (!body.scopes) return {}
    const scopes = keepScopes(body.scopes, service, client)
    const owner = { clientId: client.clientId, subject: body.subject }
    const [access, refresh] = await Promise.all([
      store.accessTokens.findOf(service.apiKey, owner),
      store.refreshTokens.findOf(service.apiKey, owner),
    ])
    await store.commit(
      ...access.map(({ tokenHash, data }) =>
        store.accessTokens.update(service.apiKey, tokenHash, {
          data: { ...data, grant: { ...data.grant, scopes } },
        }),
      ),
      ...refresh.map(({ familyId, data }) =>
        store.refreshTokens.update(service.apiKey, familyId, {
          data: { ...data, grant: { ...data.grant, scopes } },
        }),
      ),
      ...recordOf(context, {
        target: { kind: 'subject', id: body.subject },
        changes: [{ property: 'clientId', after: client.clientId }, ...changesOf({}, { scopes })],
      }),
    )
    return {}
  },
})

const AuthorizationDeleted = z
  .object(GrantedScopesShape)
  .meta({ id: 'client_authorization_delete_response' })

async function endAuthorization(
  context: ServiceContext,
  identifier: string,
  subject: string | undefined,
) {
  const { service, store } = context
  const { clientId } = await namedClient(context, identifier)
  const owner = { clientId, subject: requireSubject(subject) }
  const record = await grantedScopesOf(context, clientId, owner.subject)
  await store.commit(
    ...store.unredeemedGrants.deleteOf(service.apiKey, owner),
    store.refreshTokens.deleteOf(service.apiKey, owner),
    store.accessTokens.deleteOf(service.apiKey, owner),
    store.grantedScopes.delete(service.apiKey, clientId, owner.subject),
    store.grants.deleteOf(service.apiKey, clientId, owner.subject),
    ...recordOf(context, {
      target: { kind: 'subject', id: owner.subject },
      changes: [{ property: 'clientId', before: clientId }],
    }),
  )
  return record
}

const end = {
  tag: 'Client Management',
  summary: 'Delete the authorization of a client by a user',
  description:
    'Deletes all tokens that the client holds for the user, its unredeemed codes, granted scopes and ' +
    'grants.',
  right: 'modify_client',
  audits: 'authorization.deleted',
  ofOneClient: true,
} as const

export const authorizationDelete = defineEndpoint({
  ...end,
  operationId: 'client_authorization_delete_api',
  method: 'delete',
  path: `${path}/delete/{clientId}`,
  params: ClientPath,
  query: SubjectQuery,
  response: AuthorizationDeleted,
  results: { OK: { code: 'P065902', message: 'The authorization is deleted.' } },
  handle: ({ params, query }, context) => endAuthorization(context, params.clientId, query.subject),
})

export const authorizationDeletePost = defineEndpoint({
  ...end,
  operationId: 'client_authorization_delete_api_post',
  method: 'post',
  path: `${path}/delete/{clientId}`,
  params: ClientPath,
  body: SubjectQuery,
  form: true,
  response: AuthorizationDeleted,
  results: { OK: { code: 'P065903', message: 'The authorization is deleted.' } },
  handle: ({ params, body }, context) => endAuthorization(context, params.clientId, body.subject),
})

export const authorizationDeleteBySubject = defineEndpoint({
  ...end,
  operationId: 'client_authorization_delete_by_subject_api',
  method: 'delete',
  path: `${path}/delete/{clientId}/{subject}`,
  params: SubjectPath,
  response: AuthorizationDeleted,
  results: { OK: { code: 'P065904', message: 'The authorization is deleted.' } },
  handle: ({ params }, context) => endAuthorization(context, params.clientId, params.subject),
})
