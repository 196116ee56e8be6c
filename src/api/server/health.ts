/** Tells operators the state of the server. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { version } from '../../http/health.ts'

const ServerHealth = z
  .object({
    version: z.string().describe('The version of Postern.'),
    node: z.string().describe('The version of Node.js.'),
    uptimeSeconds: z.int().describe('How long this process has been running, in seconds.'),
    now: z.int().describe('The clock of the server, in milliseconds since the epoch.'),
    memoryBytes: z.int().describe('The memory of this process, in bytes.'),
    databaseMilliseconds: z
      .int()
      .describe('How long the database took to answer, in milliseconds.'),
    logoutDeliveries: z
      .object({
        waiting: z.int().describe('How many logout notifications wait to be delivered.'),
        oldestAt: z
          .int()
          .optional()
          .describe('When the oldest of them was stored, in milliseconds since the epoch.'),
      })
      .describe('Logout notifications to clients.'),
  })
  .meta({ id: 'server_health_response' })

export const serverHealth = defineEndpoint({
  operationId: 'server_health_api',
  method: 'get',
  path: '/api/health',
  tag: 'Utility',
  summary: 'Show the state of the server',
  description:
    'The process that answers the call, and its database, for an administrator of all services. ' +
    'Without the database, the response is 503. Load balancers use `/health/ready`.',
  right: 'admin',
  response: ServerHealth,
  results: { OK: { code: 'P148901', message: 'The state of the server is shown.' } },
  async handle(_request, { store, system: { clock } }) {
    const asked = clock()
    await store.ping()
    const databaseMilliseconds = Math.max(0, clock() - asked)
    const { count, oldest } = await store.deliveries.waiting()
    return {
      version,
      node: process.versions.node,
      uptimeSeconds: Math.floor(process.uptime()),
      now: clock(),
      memoryBytes: process.memoryUsage.rss(),
      databaseMilliseconds,
      logoutDeliveries: { waiting: count, oldestAt: oldest ?? undefined },
    }
  },
})
