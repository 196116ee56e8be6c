/** Advice about the settings of clients. */
import { z } from 'zod'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientDocument } from '../../model/client/client.ts'
import { clientLints } from '../../oauth/lint/client-lints.ts'
import { reportOf } from '../../oauth/lint/lint.ts'
import { findings } from '../../oauth/lint/schemas.ts'
import { clientSubject } from '../../oauth/lint/subjects.ts'
import { clientOf } from '../../store/configuration.ts'
import { asked, LintReport } from '../lint-schemas.ts'
import { ClientPath } from './schemas.ts'

const LintRequest = z
  .object({
    profiles: asked,
    client: ClientDocument.optional().describe(
      'Settings that are not saved yet; without, those of the client.',
    ),
  })
  .meta({ id: 'client_lint_request' })

export const clientLint = defineEndpoint({
  operationId: 'client_lint_api',
  method: 'post',
  path: '/api/{serviceId}/client/lint/{clientId}',
  tag: 'Client Management',
  summary: 'Check the settings of a client',
  description:
    'Compares the settings with security profiles. It is advice: settings with findings can be ' +
    'saved. Nothing is changed.',
  right: 'view_client',
  ofOneClient: true,
  params: ClientPath,
  body: LintRequest,
  response: LintReport,
  async handle({ params, body }, context) {
    const { service, store, now } = context
    const stored = await namedClient(context, params.clientId)
    const lastUsedAt = await store.clientUses.lastUsedAt(service.apiKey, stored.clientId)
    const known = { ...stored, lastUsedAt: lastUsedAt ?? undefined }
    const client = body.client ? { ...known, ...emptied, ...body.client } : known
    return reportOf(clientLints, clientSubject(service, client, now), body.profiles)
  },
})

/** Properties that the given settings omit are absent. */
const emptied = Object.fromEntries(
  Object.keys(ClientDocument.shape).map((name) => [name, undefined]),
)

const most = 100

const ClientsLintRequest = z
  .object({
    profiles: asked,
    start: z.int().min(0).default(0).describe('Where to begin in the list of all clients.'),
    limit: z.int().min(1).max(most).default(100).describe('How many clients to check.'),
  })
  .meta({ id: 'clients_lint_request' })

const ClientsLintReport = z
  .object({
    clients: z
      .array(
        z.object({
          clientId: z.int().describe('The ID of the client.'),
          clientName: z.string().optional().describe('The name of the client.'),
          findings,
        }),
      )
      .describe('The checked clients with findings, in the order in which they were created.'),
    checked: z.int().describe('How many clients this call checked.'),
    totalCount: z.int().describe('Number of clients.'),
    next: z.int().optional().describe('The `start` of the next call; absent after the last.'),
  })
  .meta({ id: 'clients_lint_report' })

export const clientsLint = defineEndpoint({
  operationId: 'clients_lint_api',
  method: 'post',
  path: '/api/{serviceId}/client/lint',
  tag: 'Client Management',
  summary: 'Check the settings of all clients',
  description:
    'Checks clients page by page: call it with `next` until that is absent. Clients without ' +
    'findings are counted and not listed.',
  right: 'view_client',
  body: ClientsLintRequest,
  response: ClientsLintReport,
  async handle({ body }, { service, store, now }) {
    const { profiles, start, limit } = body
    const { rows, total } = await store.clients.list(service.apiKey, { start, end: start + limit })
    const clients = rows.flatMap((row) => {
      const client = { ...clientOf(row), lastUsedAt: row.lastUsedAt ?? undefined }
      const report = reportOf(clientLints, clientSubject(service, client, now), profiles)
      const { clientId, clientName } = client
      return report.findings.length > 0 ? [{ clientId, clientName, findings: report.findings }] : []
    })
    const end = start + rows.length
    return {
      clients,
      checked: rows.length,
      totalCount: total,
      next: rows.length > 0 && end < total ? end : undefined,
    }
  },
})
