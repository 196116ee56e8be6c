/** The record of the scopes that a user granted to a client, which outlives the tokens. */
import { z } from 'zod'
import { recordOf } from '../../audit/record.ts'
import { grantedScopesOf, requireSubject } from '../../clients/granted-scopes.ts'
import { namedClient } from '../../clients/named.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientPath, GrantedScopesShape, SubjectPath, SubjectQuery } from './schemas.ts'

const GrantedScopesResponse = z
  .object(GrantedScopesShape)
  .meta({ id: 'client_granted_scopes_get_response' })

const path = '/api/{serviceId}/client/granted_scopes'
const get = {
  tag: 'Client Management',
  summary: 'Get the scopes that a user granted to a client',
  description: 'The lists are empty if the user granted nothing.',
  right: 'view_client',
  ofOneClient: true,
  response: GrantedScopesResponse,
} as const

async function answer(context: ServiceContext, identifier: string, subject: string | undefined) {
  const { clientId } = await namedClient(context, identifier)
  return grantedScopesOf(context, clientId, requireSubject(subject))
}

export const grantedScopesGet = defineEndpoint({
  ...get,
  operationId: 'client_granted_scopes_get_api',
  method: 'get',
  path: `${path}/get/{clientId}`,
  params: ClientPath,
  query: SubjectQuery,
  results: { OK: { code: 'P064901', message: 'The granted scopes are read.' } },
  handle: ({ params, query }, context) => answer(context, params.clientId, query.subject),
})

export const grantedScopesGetPost = defineEndpoint({
  ...get,
  operationId: 'client_granted_scopes_get_api_post',
  method: 'post',
  path: `${path}/get/{clientId}`,
  params: ClientPath,
  body: SubjectQuery,
  form: true,
  results: { OK: { code: 'P064902', message: 'The granted scopes are read.' } },
  handle: ({ params, body }, context) => answer(context, params.clientId, body.subject),
})

export const grantedScopesGetBySubject = defineEndpoint({
  ...get,
  operationId: 'client_granted_scopes_get_by_subject_api',
  method: 'get',
  path: `${path}/get/{clientId}/{subject}`,
  params: SubjectPath,
  results: { OK: { code: 'P064903', message: 'The granted scopes are read.' } },
  handle: ({ params }, context) => answer(context, params.clientId, params.subject),
})

const remove = {
  tag: 'Client Management',
  summary: 'Delete the record of scopes that a user granted to a client',
  description:
    'Deletes the record only. Tokens stay valid: `client/authorization/delete` deletes them too.',
  right: 'modify_client',
  audits: 'granted_scopes.deleted',
  ofOneClient: true,
  response: z.object({}).meta({ id: 'client_granted_scopes_delete_response' }),
} as const

async function forget(context: ServiceContext, identifier: string, named: string | undefined) {
  const { service, store } = context
  const { clientId } = await namedClient(context, identifier)
  const subject = requireSubject(named)
  await store.commit(
    store.grantedScopes.delete(service.apiKey, clientId, subject),
    ...recordOf(context, {
      target: { kind: 'subject', id: subject },
      changes: [{ property: 'clientId', before: clientId }],
    }),
  )
  return {}
}

export const grantedScopesDelete = defineEndpoint({
  ...remove,
  operationId: 'client_granted_scopes_delete_api',
  method: 'delete',
  path: `${path}/delete/{clientId}`,
  params: ClientPath,
  query: SubjectQuery,
  results: { OK: { code: 'P064905', message: 'The granted scopes are forgotten.' } },
  handle: ({ params, query }, context) => forget(context, params.clientId, query.subject),
})

export const grantedScopesDeletePost = defineEndpoint({
  ...remove,
  operationId: 'client_granted_scopes_delete_api_post',
  method: 'post',
  path: `${path}/delete/{clientId}`,
  params: ClientPath,
  body: SubjectQuery,
  form: true,
  results: { OK: { code: 'P064904', message: 'The granted scopes are forgotten.' } },
  handle: ({ params, body }, context) => forget(context, params.clientId, body.subject),
})

export const grantedScopesDeleteBySubject = defineEndpoint({
  ...remove,
  operationId: 'client_granted_scopes_delete_by_subject_api',
  method: 'delete',
  path: `${path}/delete/{clientId}/{subject}`,
  params: SubjectPath,
  results: { OK: { code: 'P064906', message: 'The granted scopes are forgotten.' } },
  handle: ({ params }, context) => forget(context, params.clientId, params.subject),
})
