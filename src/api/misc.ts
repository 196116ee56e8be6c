/** Operations without a token: is the server there, and what does it hear. */
import { z } from 'zod'
import { defineEndpoint } from '../http/endpoint.ts'

export const healthcheck = defineEndpoint({
  operationId: 'lifecycle_healthcheck',
  method: 'get',
  path: '/api/lifecycle/healthcheck',
  tag: 'Utility',
  summary: 'Say whether the server works',
  description: 'Answers the text `OK` once the database has answered.',
  right: 'public',
  response: z.string(),
  async handle(_request, { store }) {
    await store.ping()
    return new Response('OK', { headers: { 'Content-Type': 'text/plain;charset=utf-8' } })
  },
})

export const echo = defineEndpoint({
  operationId: 'misc_echo_api',
  method: 'get',
  path: '/api/misc/echo',
  tag: 'Utility',
  summary: 'Repeat the query',
  description: 'Answers the parameters of the query as a JSON object, for testing a connection.',
  right: 'public',
  query: z.looseObject({}),
  response: z.record(z.string(), z.unknown()),
  handle: async ({ query }) => query,
})
