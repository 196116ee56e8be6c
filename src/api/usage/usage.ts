/** What services use, by day: of one service, and of those that use most. */
import { z } from 'zod'
import { refuseInvalid } from '../../caller.ts'
import { processTime } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import {
  type ActivityKind,
  dayMilliseconds,
  dayOf,
  type UsageKind,
} from '../../model/installation/usage.ts'

const about = { method: 'get', tag: 'Usage', right: 'view_service' } as const

/** Days of one call: their rows are read at once. */
const mostDays = 100
const usualDays = 30
const mostCodes = 20

const late =
  'Each process adds its counts to the database every ten seconds, and one that is killed loses ' +
  'those that wait: they are for planning, and not for bills.'

const sums = {
  calls: z.int().describe('Calls whose API token may make them, without those over a quota.'),
  tokens: z.int().describe('Access tokens that were issued.'),
  refusals: z.int().describe('Refused calls.'),
}
const day = z.iso.date().describe('The day in UTC, such as `2026-01-31`.')

const UsageOfDay = z
  .object({
    day,
    ...sums,
    activeClients: z
      .int()
      .describe('How many clients access tokens were issued for: an estimate, usually within 5 %.'),
    activeSubjects: z
      .int()
      .describe('How many users access tokens were issued for: an estimate, usually within 5 %.'),
    callsByTag: z
      .record(z.string(), z.int())
      .describe('The calls by the tag of their operation, as in the OpenAPI document.'),
    tokensByGrantType: z
      .record(z.string(), z.int())
      .describe('The access tokens by the grant type that they were issued for.'),
  })
  .meta({ id: 'usage_of_day' })

export const usageOfService = defineEndpoint({
  ...about,
  operationId: 'usage_of_service_api',
  path: '/api/{serviceId}/usage',
  summary: 'Show what a service uses',
  description:
    `Calls, access tokens, refusals, active clients and users of the service, by day. ${late} A call shows at most ` +
    `${mostDays} days.`,
  query: z.object({
    from: z.iso.date().optional().describe('The first day in UTC; usually 29 days before `to`.'),
    to: z.iso.date().optional().describe('The last day in UTC; usually today.'),
  }),
  response: z
    .object({
      from: day,
      to: day,
      days: z.array(UsageOfDay).describe('The days with any usage.'),
      refusals: z
        .array(
          z.object({
            code: z.string().describe('The result code.'),
            count: z.int().describe('How many calls were refused with it.'),
          }),
        )
        .describe(
          `The most frequent result codes of refusals in these days, ${mostCodes} at most.`,
        ),
    })
    .meta({ id: 'usage_response' }),
  results: { OK: { code: 'P166901', message: 'The usage of the service is shown.' } },
  async handle({ query }, context) {
    const { store, service } = context
    const days = daysOf(query, processTime(context))
    const counts = await store.usage.ofService(service.apiKey, days)
    const refusals = await store.usage.mostRefused(service.apiKey, days, mostCodes)
    const active = await store.usage.activeOf(service.apiKey, days)
    return { from: dateOf(days.from), to: dateOf(days.to), days: byDay(counts, active), refusals }
  },
})

const orders = { calls: 'call', tokens: 'token', refusals: 'refusal' } as const

export const usageOfAll = defineEndpoint({
  ...about,
  operationId: 'usage_api',
  path: '/api/usage',
  summary: 'List the services that use most',
  description: `The services with most calls, access tokens or refusals of a day. ${late}`,
  query: z.object({
    day: z.iso.date().optional().describe('The day in UTC; usually today.'),
    order: z
      .enum(Object.keys(orders) as [keyof typeof orders])
      .default('calls')
      .describe('What they are ordered by, the service with most first.'),
    limit: z.coerce.number().int().min(1).max(500).default(100).describe('How many services.'),
  }),
  response: z
    .object({
      day,
      services: z
        .array(
          z
            .object({ apiKey: z.int().describe('The id of the service.'), ...sums })
            .meta({ id: 'usage_of_service' }),
        )
        .describe('The services that have any of it.'),
    })
    .meta({ id: 'usage_of_all_response' }),
  results: { OK: { code: 'P166902', message: 'The services that use most are listed.' } },
  async handle({ query }, context) {
    const at = query.day === undefined ? dayOf(processTime(context)) : Date.parse(query.day)
    const ranked = await context.store.usage.ranked(at, orders[query.order], query.limit)
    const services = ranked.map(({ serviceId, call, token, refusal }) => ({
      apiKey: serviceId,
      calls: call,
      tokens: token,
      refusals: refusal,
    }))
    return { day: dateOf(at), services }
  },
})

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

function daysOf({ from, to }: { from?: string | undefined; to?: string | undefined }, now: number) {
  const last = to === undefined ? dayOf(now) : Date.parse(to)
  const first = from === undefined ? last - (usualDays - 1) * dayMilliseconds : Date.parse(from)
  if (first > last) refuseInvalid('from', 'It must not be after `to`.')
  if (last - first >= mostDays * dayMilliseconds) {
    refuseInvalid('from', `From the first to the last day there are at most ${mostDays} days.`)
  }
  return { from: first, to: last }
}

interface Count {
  day: number
  kind: UsageKind
  name: string
  count: number
}

const unusedDay = (at: number): z.output<typeof UsageOfDay> => ({
  day: dateOf(at),
  calls: 0,
  tokens: 0,
  refusals: 0,
  activeClients: 0,
  activeSubjects: 0,
  callsByTag: {},
  tokensByGrantType: {},
})

function byDay(
  counts: readonly Count[],
  active: readonly { day: number; kind: ActivityKind; count: number }[],
): z.output<typeof UsageOfDay>[] {
  const days = new Map<number, z.output<typeof UsageOfDay>>()
  const ofDay = (at: number) => {
    const known = days.get(at) ?? unusedDay(at)
    days.set(at, known)
    return known
  }
  for (const { day: at, kind, name, count } of counts) {
    const known = ofDay(at)
    if (kind === 'call' && name === '') known.calls = count
    else if (kind === 'call') known.callsByTag[name] = count
    else if (kind === 'token' && name === '') known.tokens = count
    else if (kind === 'token') known.tokensByGrantType[name] = count
    else known.refusals = count
  }
  for (const { day: at, kind, count } of active) {
    ofDay(at)[kind === 'client' ? 'activeClients' : 'activeSubjects'] = count
  }
  return [...days.values()]
}
