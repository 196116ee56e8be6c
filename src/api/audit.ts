/** Reads the audit log: of one service, or of the installation. */
import type { z } from 'zod'
import { describeRecord } from '../audit/describe.ts'
import type { Context } from '../context.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { HttpResponse } from '../http/response.ts'
import { ActorKind, auditTypes, TargetKind } from '../model/audit/record.ts'
import type { AuditRow } from '../store/tables/audit.ts'
import { type AuditEntry, AuditQuery, AuditResponse, AuditTypes } from './audit/audit-schemas.ts'

const about = { method: 'get', tag: 'Audit', right: 'view_audit_log' } as const

const description =
  'A reader continues with `after` = `next`, and misses no record. With `Accept: ' +
  'application/x-ndjson` the response has one record in each line, and the header field `Link` has ' +
  'the address of the next call if there may be more.'

export const auditOfService = defineEndpoint({
  ...about,
  operationId: 'audit_of_service_api',
  path: '/api/{serviceId}/audit',
  summary: 'Read the audit log of a service',
  description,
  query: AuditQuery,
  response: AuditResponse,
  results: { OK: { code: 'P104901', message: 'The records are listed.' } },
  handle: ({ query }, context) =>
    read(context, query, context.service.apiKey, `/api/${context.service.apiKey}/audit`),
})

export const auditOfAll = defineEndpoint({
  ...about,
  operationId: 'audit_api',
  path: '/api/audit',
  ofAnyService: true,
  summary: 'Read the audit log',
  description:
    'Records of all services, of deleted ones, too, and of the installation; with an API token of one ' +
    `service, those of the service. ${description}`,
  query: AuditQuery,
  response: AuditResponse,
  results: { OK: { code: 'P104902', message: 'The records are listed.' } },
  handle: ({ query }, context) => read(context, query, context.caller.serviceId, '/api/audit'),
})

export const auditTypeList = defineEndpoint({
  ...about,
  operationId: 'audit_types_api',
  path: '/api/audit/types',
  ofAnyService: true,
  summary: 'List the types of audit records',
  description: 'Later versions may add types, and remove none.',
  response: AuditTypes,
  results: { OK: { code: 'P104903', message: 'The types are listed.' } },
  async handle() {
    const types = Object.entries(auditTypes)
    return {
      types: types.map(([type, description]) => ({
        type: type as keyof typeof auditTypes,
        description,
      })),
    }
  },
})

type Query = z.output<typeof AuditQuery>

async function read(
  { store, call }: Context,
  query: Query,
  serviceId: number | undefined,
  path: string,
) {
  const { actor, target, ...rest } = query
  await store.audit.number()
  const { rows, next, hasMore } = await store.audit.list({
    ...rest,
    serviceId,
    actor: named(actor, ActorKind.options),
    target: named(target, TargetKind.options),
  })
  const records = rows.map(entryOf)
  if (!call.accepts('application/x-ndjson')) return { records, next, hasMore }
  const headers = {
    'Content-Type': 'application/x-ndjson',
    ...(hasMore ? { Link: `<${nextOf(path, query, next)}>; rel="next"` } : {}),
  }
  return new HttpResponse(200, headers, records.map((each) => `${JSON.stringify(each)}\n`).join(''))
}

/** `client:123`, or `123` of any kind. */
function named(text: string | undefined, kinds: readonly string[]) {
  if (text === undefined) return undefined
  const kind = kinds.find((each) => text.startsWith(`${each}:`))
  return kind === undefined ? { id: text } : { kind, id: text.slice(kind.length + 1) }
}

function nextOf(path: string, query: Query, next: number): string {
  const place = query.before === undefined ? { after: next } : { after: undefined, before: next }
  const parameters = Object.entries({ ...query, ...place })
  const given = parameters.flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return `${path}?${new URLSearchParams(given)}`
}

const entryOf = (row: AuditRow): z.output<typeof AuditEntry> => ({
  seq: row.seq ?? 0,
  ...describeRecord(row),
})
