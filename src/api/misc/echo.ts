/** Returns the query unchanged, for testing a connection. No API token is required. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'

export const echo = defineEndpoint({
  operationId: 'misc_echo_api',
  method: 'get',
  path: '/api/misc/echo',
  tag: 'Utility',
  summary: 'Repeat the query',
  description: 'Returns the parameters of the query as a JSON object, for testing a connection.',
  right: 'public',
  query: z.looseObject({}),
  response: z.record(z.string(), z.unknown()),
  handle: async ({ query }) => query,
})
