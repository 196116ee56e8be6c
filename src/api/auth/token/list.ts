/** Lists the access or refresh tokens of a service, of a client, of a user or of a session. */
import { setImmediate as others } from 'node:timers/promises'
import { identifyClient } from '../../../clients/authenticate.ts'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { clamp } from '../../../http/page.ts'
import { type Client, ClientLimited } from '../../../model/client/client.ts'
import { TokenPlace } from '../../../model/token/inventory.ts'
import { authorizationTypeOf } from '../../../oauth/grants/grant-type.ts'
import { shownExpiry } from '../../../oauth/tokens/expiry.ts'
import { hasRollingExpiration } from '../../../oauth/tokens/rotation.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import { inventoryLimit } from '../../../store/tokens/token-inventory.ts'
import type { TokenSelection } from '../../../store/tokens/token-selection.ts'
import { TokenListQuery, TokenListResponse } from './list-schemas.ts'

const rules = defineCallerRules('Token list', {
  tooMany: {
    code: 'P103001',
    status: 400,
    message:
      'More than 10,000 tokens are selected, which is too many for this order: name a subject, a client or a session, or use sort=hash.',
  },
  cursorUnknown: {
    code: 'P103002',
    status: 400,
    message:
      'The cursor is not valid: use nextCursor of a page with the same kind, sort and desc, as it was.',
  },
  startAndCursor: {
    code: 'P103003',
    status: 400,
    message: 'A call with cursor or sort=hash has no start: end is the size of the page.',
  },
})

export const tokenList = defineEndpoint({
  operationId: 'auth_token_get_list_api',
  method: 'get',
  path: '/api/{serviceId}/auth/token/get/list',
  tag: 'Token Operations',
  summary: 'List tokens',
  description:
    'Access tokens, or with `kind` refresh tokens, in the order in which they were created or by ' +
    '`sort`. Pages are named by `start` and `end`, or by `cursor`: with a cursor, no token is ' +
    'skipped or repeated because others were issued or revoked in between. The list is empty for ' +
    'a client that does not exist.',
  right: 'use_service',
  query: TokenListQuery,
  response: TokenListResponse,
  async handle({ query }, context) {
    const { subject, clientIdentifier, tokenStatus, kind } = query
    const { start, end } = clamp(query)
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) {
      return { start, end, totalCount: 0, ...(await describe(context, kind, [])) }
    }
    const selection = {
      clientId: found?.client.clientId,
      subject: subject || undefined,
      sessionId: query.sessionId || undefined,
      now: context.now,
      live: tokenStatus === 'ALL' ? undefined : tokenStatus === 'VALID',
      text: query.pattern || undefined,
    }
    const { rows, total, next } = await select(context, selection, query)
    return {
      start,
      end,
      totalCount: total,
      client: found && ClientLimited.parse(found.client),
      subject: subject || undefined,
      ...(await describe(context, kind, rows)),
      nextCursor: next && cursorOf(context, query).seal(next),
    }
  },
})

type Store = ServiceContext['store']
type AccessRow = Awaited<ReturnType<Store['accessTokens']['list']>>['rows'][number]
type RefreshRow = NonNullable<Awaited<ReturnType<Store['refreshTokens']['find']>>>
interface Selected {
  rows: AccessRow[] | RefreshRow[]
  total?: number | undefined
  next?: TokenPlace | undefined
}

/** Without search, order and cursor, access tokens are found by `start` and `end` alone. */
async function select(
  context: ServiceContext,
  selection: TokenSelection,
  query: TokenListQuery,
): Promise<Selected> {
  const { service, store } = context
  const { kind, pattern, sort, cursor, desc: isDescending = false } = query
  const { start, end } = clamp(query)
  const isPlain = !pattern && sort === undefined && cursor === undefined && !isDescending
  if (kind === 'access_token' && isPlain) return listed(context, selection, start, end)
  const order = sort ?? 'created_at'
  if (start > 0 && (cursor !== undefined || order === 'hash')) refuseCaller(rules.startAndCursor)
  const after = cursor === undefined ? undefined : cursorOf(context, query).unseal(cursor)
  const page = { order, isDescending, after, start, limit: end - start }
  const { inventory } = kind === 'access_token' ? store.accessTokens : store.refreshTokens
  if (order === 'hash') return inventory.walked(service.apiKey, selection, page)
  const found = await inventory.sorted(service.apiKey, selection, page)
  return found ?? refuseCaller(rules.tooMany)
}

async function listed(
  { service, store }: ServiceContext,
  selection: TokenSelection,
  start: number,
  end: number,
): Promise<Selected> {
  const found = await store.accessTokens.list(service.apiKey, { ...selection, start, end })
  const last = found.rows.at(-1)
  const hasNext = last && end < found.total && found.total <= inventoryLimit
  const next = hasNext ? { value: last.createdAt, key: last.tokenHash } : undefined
  return { ...found, next }
}

/** A cursor is a place in one order of one service, sealed: it may contain an address. */
function cursorOf(
  { sealer, service }: ServiceContext,
  { kind, sort = 'created_at', desc: isDescending = false }: TokenListQuery,
) {
  const row = [kind, sort, isDescending].join(' ')
  const place = { table: 'tokens', serviceId: service.apiKey, row, column: 'cursor' }
  return {
    seal: (next: TokenPlace) => sealer.seal(JSON.stringify(next), place),
    unseal(cursor: string): TokenPlace {
      try {
        return TokenPlace.parse(JSON.parse(sealer.unseal(cursor, place)))
      } catch {
        return refuseCaller(rules.cursorUnknown)
      }
    },
  }
}

async function describe(
  context: ServiceContext,
  kind: TokenListQuery['kind'],
  rows: AccessRow[] | RefreshRow[],
) {
  if (kind === 'refresh_token') {
    return { refreshTokens: await describeRefresh(context, rows as RefreshRow[]) }
  }
  const { service, store, now } = context
  const access = await store.accessTokens.withRefreshTokens(service.apiKey, rows as AccessRow[])
  const accessTokens = access.map(({ refresh, ...row }) => ({
    ...entryOf(row, now),
    accessTokenHash: row.tokenHash,
    accessTokenExpiresAt: shownExpiry(row.expiresAt),
    refreshTokenHash: refresh?.tokenHash,
    refreshTokenExpiresAt: refresh?.expiresAt,
    lastRefreshedAt: refresh?.lastUsedAt ?? undefined,
    lastSeenAt: refresh?.lastUsedAt ?? row.createdAt,
    createdAt: row.createdAt,
    refreshTokenScopes: refresh?.data.grant.scopes,
  }))
  return { accessTokens }
}

async function describeRefresh(context: ServiceContext, rows: RefreshRow[]) {
  const clients = await clientsOf(context, rows)
  return rows.map((row) => {
    const client = clients.get(row.clientId)
    return {
      ...entryOf(row, context.now),
      refreshTokenHash: row.tokenHash,
      clientName: client?.clientName,
      issuedAt: row.createdAt,
      expiresAt: row.expiresAt,
      lastRefreshedAt: row.lastUsedAt ?? undefined,
      lastSeenAt: row.lastUsedAt ?? row.createdAt,
      rollingExpiration: client && hasRollingExpiration(context.service, client, row.data.grant),
    }
  })
}

const entryOf = (row: AccessRow | RefreshRow, now: number) => ({
  clientId: row.clientId,
  subject: row.subject ?? undefined,
  sessionId: row.sessionId ?? undefined,
  grantType: row.data.grantType,
  authorizationType: authorizationTypeOf(row.data.grantType),
  scopes: row.data.grant.scopes,
  properties: row.data.grant.properties,
  issuedFor: row.clientIp ?? undefined,
  userAgent: row.userAgent ?? undefined,
  enabled: row.expiresAt > now,
  test: row.data.grant.test,
})

/** Documents of clients, which take time to parse: other calls get their turn between two. */
async function clientsOf({ documents, service }: ServiceContext, rows: RefreshRow[]) {
  const clients = new Map<number, Client | undefined>()
  for (const { clientId } of rows) {
    if (clients.has(clientId)) continue
    if (clients.size > 0) await others()
    clients.set(clientId, await documents.client(service.apiKey, clientId))
  }
  return clients
}
