/** What resource servers that verify tokens by themselves must hear of: a log, page by page. */
import { z } from 'zod'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'

/**
 * What was issued while the log began may be missing in it: calls that are under way, and processes
 * with other clocks. It is complete for what is issued this much later.
 */
const beginMilliseconds = 120_000
const mostEntries = 2_000

const Place = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
/** Since when there is a log, what was there when the first page was read, and the last entry. */
const Cursor = z.tuple([z.int(), Place, Place, z.string().max(8_000)])
type Cursor = z.output<typeof Cursor>

function cursorIn(text: string): Cursor | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Cursor.parse(value)
  } catch {
    return undefined
  }
}
const textOf = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

const RevocationsRequest = z
  .object({
    cursor: z
      .string()
      .max(12_000)
      .optional()
      .transform((text, context) => {
        const cursor = text === undefined ? undefined : cursorIn(text)
        if (text === undefined || cursor) return cursor
        context.addIssue({ code: 'custom', message: 'Expected `cursor` of the previous response' })
        return z.NEVER
      })
      .describe(
        'The `cursor` of the previous response: what came after it is returned. Without it, the log is returned from its beginning.',
      ),
  })
  .meta({ id: 'revocations_request' })

const RevocationsResponse = z
  .object({
    since: z
      .int()
      .describe(
        'The log is complete for tokens that were issued then or later, in milliseconds since the epoch. Others must be introspected.',
      ),
    reset: z
      .boolean()
      .describe(
        'Whether the response is the beginning of the log: what former responses told is to be forgotten.',
      ),
    complete: z
      .boolean()
      .describe(
        'Whether all is returned that was in the log when the call arrived, or the first of several calls. If not, call again at once.',
      ),
    cursor: z.string().describe('Where the next call goes on.'),
    tokens: z
      .array(
        z.object({
          name: z
            .string()
            .describe('The last 8 bytes of the SHA-256 of the access token, hexadecimal.'),
          expiresAt: z
            .int()
            .describe('When the token would have expired, in milliseconds since the epoch.'),
        }),
      )
      .describe(
        'Access tokens that ended or changed before their time: what they say is no longer so, and introspection tells what is. An entry may come twice.',
      ),
    clients: z
      .array(z.string())
      .describe(
        'Values of `client_id` in tokens of clients that were locked, or named differently: their tokens must be introspected.',
      ),
  })
  .meta({ id: 'revocations_response' })

export const tokenRevocations = defineEndpoint({
  operationId: 'auth_token_revocations_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token/revocations',
  tag: 'Token Operations',
  summary: 'Get what ended before its time',
  description:
    'Access tokens that were revoked, replaced or changed, for resource servers that verify JWTs by ' +
    'themselves: `postern-client/resource-server` calls it. With the first call for a service its log ' +
    'begins, and is complete for tokens that are issued two minutes later. A response has at most ' +
    '2,000 entries; if there are more, `complete` is false.',
  right: 'use_introspection',
  body: RevocationsRequest,
  response: RevocationsResponse,
  async handle({ body }, context) {
    const { service, store, now } = context
    const { since, horizon } = await logOf(context)
    const given = body.cursor
    // A database that was restored has places again that were passed before.
    const isOfLog = given !== undefined && given[0] === since && given[1] <= horizon
    const [, former, place, name] = isOfLog ? given : ([since, horizon, 0, ''] as const)
    const isFirst = name === ''
    const rows = await store.revocations.page(service.apiKey, { place, name }, now, mostEntries)
    const last = rows.length === mostEntries ? rows.at(-1) : undefined
    // What is committed between two pages may have its place before the second.
    const upTo = isFirst ? horizon : former
    return {
      since,
      reset: !isOfLog,
      complete: !last,
      cursor: textOf(last ? [since, upTo, last.place, last.name] : [since, upTo, upTo, '']),
      tokens: rows.filter(isOfToken).map(({ name, expiresAt }) => ({ name, expiresAt })),
      clients: rows.filter((row) => !isOfToken(row)).map((row) => row.name.slice(ofClient.length)),
    }
  },
})

const ofClient = 'client '
const isOfToken = ({ name }: { name: string }) => !name.startsWith(ofClient)

/** The log of the service, which begins with the first call. */
async function logOf({ service, store, now }: ServiceContext) {
  const serviceId = service.apiKey
  const log = await store.revocations.log(serviceId)
  if (log) return log
  const begun = { since: now + beginMilliseconds, horizon: 0 }
  await store.commit(store.revocations.begin(serviceId, begun.since))
  // Without one, the service was deleted.
  return (await store.revocations.log(serviceId)) ?? begun
}
