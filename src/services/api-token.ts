/** Shared steps of the operations on API tokens, of one service or of all services. */
import { z } from 'zod'
import { changesOf } from '../audit/changes.ts'
import { recordOf } from '../audit/record.ts'
import { apiTokenHash, type Caller, serviceUnknown } from '../caller.ts'
import type { Context } from '../context.ts'
import { AccessRight } from '../model/api-token.ts'
import type { AuditChange } from '../model/audit/record.ts'
import { Moment } from '../model/primitives.ts'
import { CallerError, defineCallerRules, refuseCaller } from '../refusal.ts'
import { orRefuse } from '../store/engine.ts'
import { createOnce } from './idempotency.ts'

const rules = defineCallerRules('API token', {
  unknown: {
    code: 'P066001',
    status: 404,
    message: 'The API token is unknown: no API token has this id.',
  },
  rightsExceeded: {
    code: 'P066002',
    status: 403,
    message: 'The API token must not have a right that the token of the caller does not have.',
  },
  lifeExceeded: {
    code: 'P066003',
    status: 403,
    message: 'The API token must not expire later than the token of the caller.',
  },
})

const number = (text: string) => z.coerce.number().int().min(0).optional().describe(text)

/** Members of requests to Authlete’s identity provider host; here they are only returned. */
export const Address = {
  organizationId: number('Identifier of the organization; returned unchanged.'),
  apiServerId: number('Identifier of the API server; returned unchanged.'),
}

/** The properties of a token, apart from its value. */
export const Features = {
  description: z.string().max(1_000).optional().describe('What the token is for.'),
  rights: z
    .array(AccessRight)
    .min(1)
    .max(20)
    .optional()
    .describe('Rights of the token; default: `admin`.'),
  expiresAt: Moment.optional().describe(
    'When the token expires, in milliseconds since the epoch; 0: never. Default: as the token of ' +
      'the caller.',
  ),
}

export const TokenName = {
  tokenId: z.string().min(1).max(255).describe('Identifier of the token.'),
}

/** The changes of an update. */
export const Changes = {
  description: Features.description,
  rights: Features.rights.describe('The new rights of the token.'),
}

/** A token in responses. Only the response that creates it contains its value. */
export const TokenView = z.object({
  organizationId: z.int().optional().describe('The organization from the call.'),
  apiServerId: z.int().optional().describe('The API server from the call.'),
  tokenId: z.string().optional().describe('Identifier of the token.'),
  accessToken: z
    .string()
    .optional()
    .describe('The value of the token; only in the response that creates it.'),
  description: z.string().describe('What the token is for.'),
  rights: z.array(AccessRight).describe('Rights of the token.'),
  createdAt: z.int().describe('Milliseconds since the epoch.'),
  expiresAt: z.int().describe('When the token expires, in milliseconds since the epoch; 0: never.'),
  lastUsedAt: z
    .int()
    .optional()
    .describe(
      'When the token was last used, in milliseconds since the epoch, exact to an hour; absent: not ' +
        'yet.',
    ),
})
type TokenView = z.output<typeof TokenView>

interface Row {
  tokenId?: string | null | undefined
  createdAt: number
  expiresAt?: number | null | undefined
  lastUsedAt?: number | null | undefined
  data: { label: string; rights: AccessRight[] }
}

const view = ({ tokenId, createdAt, expiresAt, lastUsedAt, data }: Row): TokenView => ({
  tokenId: tokenId ?? undefined,
  description: data.label,
  rights: data.rights,
  createdAt,
  expiresAt: expiresAt ?? 0,
  lastUsedAt: lastUsedAt ?? undefined,
})

/** A caller cannot create or change tokens with rights that it does not have. */
function requireRights(caller: Caller, rights: readonly AccessRight[]): void {
  const exceeding = rights.find((right) => !caller.may(right))
  if (exceeding) refuseCaller(rules.rightsExceeded, `The right is: ${exceeding}.`)
}

/** A caller cannot create tokens that expire later than its own; absent and 0 mean never. */
function requireLife({ expiresAt: limit }: Caller, expiresAt: number | null | undefined): void {
  if (limit !== undefined && (!expiresAt || expiresAt > limit)) refuseCaller(rules.lifeExceeded)
}

export interface TokenOwner {
  /** 0 for every service. */
  serviceId: number
  clientId?: number | undefined
}

interface Wish {
  description?: string | undefined
  rights?: AccessRight[] | undefined
  expiresAt?: number | undefined
}

export const createToken = (context: Context, owner: TokenOwner, wish: Wish) =>
  createOnce(context, owner.serviceId, { owner, wish }, async (keep) => {
    const { write, ...made } = newToken(context, owner, wish)
    const { tokenId = '', description, rights, expiresAt } = made
    const { clientId } = owner
    const changes = changesOf({}, { description, rights, expiresAt, clientId })
    const record = tokenRecord(context, owner, tokenId, changes)
    await context.store.commit(...keep(made), write, ...record)
    return made
  })

const tokenRecord = (
  context: Context,
  { serviceId }: TokenOwner,
  id: string,
  changes?: AuditChange[],
) =>
  recordOf(context, { serviceId, target: { kind: 'api_token', id }, ...(changes && { changes }) })

/** A new token, and the write that stores it, for a commit with further writes. */
export function newToken(context: Context, owner: TokenOwner, wish: Wish) {
  const { store, system, caller, now } = context
  const rights = wish.rights ?? ['admin']
  const expiresAt = wish.expiresAt ?? caller.expiresAt
  requireRights(caller, rights)
  requireLife(caller, expiresAt)
  const accessToken = system.random.token(256)
  const row = {
    ...owner,
    tokenId: system.random.uuid(),
    createdAt: now,
    expiresAt: expiresAt || undefined,
    data: { label: wish.description ?? '', rights },
  }
  const write = store.apiTokens.insertIfOwnerExists({
    ...row,
    tokenHash: apiTokenHash(accessToken),
  })
  return {
    ...view(row),
    accessToken,
    write: orRefuse(write, new CallerError(serviceUnknown)),
  }
}

export async function listTokens({ store }: Context, { serviceId }: TokenOwner) {
  return (await store.apiTokens.list(serviceId)).map(view)
}

async function tokenOf({ store, caller }: Context, { serviceId }: TokenOwner, tokenId: string) {
  const row = await store.apiTokens.findById(serviceId, tokenId)
  if (!row) refuseCaller(rules.unknown)
  requireRights(caller, row.data.rights)
  return row
}

const lost = new CallerError(rules.unknown)

/** Replaces the value of a token; the former value ends at once. */
export async function rotateToken(context: Context, owner: TokenOwner, tokenId: string) {
  const { store, system, caller } = context
  const row = await tokenOf(context, owner, tokenId)
  requireLife(caller, row.expiresAt)
  const accessToken = system.random.token(256)
  const changes = { tokenHash: apiTokenHash(accessToken) }
  await store.commit(
    orRefuse(store.apiTokens.update(owner.serviceId, tokenId, changes), lost),
    ...tokenRecord(context, owner, tokenId, [{ property: 'accessToken', changed: true }]),
  )
  return { ...view(row), accessToken }
}

/** Changes description and rights; the value and the expiry of the token remain. */
export async function updateToken(
  context: Context,
  owner: TokenOwner,
  tokenId: string,
  { description, rights }: Wish,
) {
  const { store, caller } = context
  const row = await tokenOf(context, owner, tokenId)
  requireRights(caller, rights ?? [])
  requireLife(caller, row.expiresAt)
  const { label, rights: former } = row.data
  const data = { ...row.data, label: description ?? label, rights: rights ?? former }
  const after = view({ ...row, data })
  await store.commit(
    orRefuse(store.apiTokens.update(owner.serviceId, tokenId, { data }), lost),
    ...tokenRecord(context, owner, tokenId, changesOf(view(row), after)),
  )
  return after
}

export async function revokeToken(context: Context, owner: TokenOwner, tokenId: string) {
  await tokenOf(context, owner, tokenId)
  await context.store.commit(
    orRefuse(context.store.apiTokens.deleteById(owner.serviceId, tokenId), lost),
    ...tokenRecord(context, owner, tokenId),
  )
}
