/**
 * The caller of this API: identification by API token, authorization by the rights of the token.
 */
import { hash } from 'node:crypto'
import { type AccessRight, includesRight } from './model/api-token.ts'
import { defineCallerRules, guesses, refuseCaller } from './refusal.ts'
import type { Store } from './store/store.ts'

const rules = defineCallerRules('Caller', {
  tokenMissing: {
    code: 'P000101',
    status: 401,
    message: 'An API token is required: send "Authorization: Bearer <token>".',
  },
  tokenUnknown: {
    code: 'P000102',
    status: 401,
    message: 'The API token is unknown, revoked or expired.',
  },
  tokensThrottled: {
    code: 'P077003',
    status: 401,
    message: 'Too many calls with wrong API tokens: try again in a minute, with the right token.',
  },
  rightMissing: {
    code: 'P000103',
    status: 403,
    message: 'The API token does not have the right that this operation requires.',
  },
  otherService: {
    code: 'P000104',
    status: 403,
    message: 'The API token does not belong to this service.',
  },
  otherClient: {
    code: 'P000105',
    status: 403,
    message: 'The API token does not belong to this client.',
  },
})

/** The rule is also for a service that is deleted while it is changed. */
export const { serviceUnknown } = defineCallerRules('Endpoint', {
  serviceUnknown: {
    code: 'P000301',
    status: 404,
    message: 'The service is unknown: no service has this id.',
  },
})

const { invalid } = defineCallerRules('Body', {
  invalid: { code: 'P000206', status: 400, message: 'A value in the request is not valid.' },
})

/** Refuses a value that does not match a schema or a rule of the model. */
export function refuseInvalid(path: string, message: string): never {
  refuseCaller(invalid, `${printable(path)}: ${printable(message)}`)
}

/** Text for an error message: at most 300 printable ASCII characters, others replaced with `?`. */
export const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 300)

export interface Caller {
  /** The service of the token; undefined for a token of all services. */
  readonly serviceId: number | undefined
  /** Names the token; undefined for one of an early version. */
  readonly tokenId: string | undefined
  /** The description of the token. */
  readonly label: string
  /** The client of the token; undefined for a token of all clients. */
  readonly clientId: number | undefined
  /** When the token expires, in milliseconds since the epoch; undefined: never. */
  readonly expiresAt: number | undefined
  may(right: AccessRight): boolean
}

/**
 * Finds the caller by its bearer token, RFC 6750 §2.1. Only the hash of a token is stored. API
 * tokens are not bound to keys: the scheme DPoP is accepted, but its proof is not checked.
 */
export async function identifyCaller(
  authorization: string | undefined,
  store: Store,
  now: number,
): Promise<Caller> {
  const token = /^(?:Bearer|DPoP) +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
  if (!token) refuseCaller(rules.tokenMissing)
  return (await callerByHash(apiTokenHash(token), store, now)) ?? refuseUnknown(store, now)
}

/** The caller of a token that is neither revoked nor expired. */
export async function callerByHash(
  tokenHash: string,
  store: Store,
  now: number,
): Promise<Caller | undefined> {
  // What the call reads from here on is no older than the call.
  if (store.settle) await store.settle()
  const row = await store.apiTokens.find(tokenHash)
  if (!row || (row.expiresAt != null && row.expiresAt <= now)) return undefined
  store.apiTokenUses.note(tokenHash, now)
  const rights = row.data.rights
  return {
    serviceId: row.serviceId === 0 ? undefined : row.serviceId,
    tokenId: row.tokenId ?? undefined,
    label: row.data.label,
    clientId: row.clientId ?? undefined,
    expiresAt: row.expiresAt ?? undefined,
    may: (right) => includesRight(rights, right),
  }
}

/** The number of wrong API tokens per minute, for each store. */
const wrongTokens = new WeakMap<Store, { since: number; count: number }>()
const wrongLimit = 100

/** Counts in memory, so that calls without a valid token cause no writes. */
function refuseUnknown(store: Store, now: number): never {
  const known = wrongTokens.get(store)
  const counted = known && now - known.since < 60_000 ? known : { since: now, count: 0 }
  counted.count += 1
  wrongTokens.set(store, counted)
  const throttled = counted.count > wrongLimit
  guesses.publish({ kind: 'api_token', throttled })
  return refuseCaller(throttled ? rules.tokensThrottled : rules.tokenUnknown)
}

/** Whether the token of a caller still exists, has not expired, and has the right. */
export async function mayStill(
  { serviceId = 0, tokenId }: Caller,
  right: AccessRight,
  store: Store,
  now: number,
): Promise<boolean> {
  if (tokenId === undefined) return true
  const row = await store.apiTokens.findById(serviceId, tokenId)
  if (!row || (row.expiresAt != null && row.expiresAt <= now)) return false
  return includesRight(row.data.rights, right)
}

/** Refuses a caller of another service, or without the right of the operation. */
export function authorizeCaller(
  caller: Caller,
  right: AccessRight,
  target: { serviceId?: number | undefined; ofOneClient?: boolean },
): void {
  const { serviceId, ofOneClient } = target
  if (caller.serviceId !== undefined && serviceId !== caller.serviceId) {
    refuseCaller(rules.otherService)
  }
  if (!caller.may(right)) refuseCaller(rules.rightMissing, `The right is: ${right}.`)
  // A token for one client may only be used for operations on one client.
  if (caller.clientId !== undefined && !ofOneClient) refuseCaller(rules.otherClient)
}

/** For operations with the service in the body instead of the path. */
export function authorizeForService(caller: Caller, serviceId: number): void {
  if (caller.serviceId !== undefined && caller.serviceId !== serviceId) {
    refuseCaller(rules.otherService)
  }
}

/** For operations on one client, once the client is known. */
export function authorizeForClient(caller: Caller, clientId: number): void {
  if (caller.clientId !== undefined && caller.clientId !== clientId) {
    refuseCaller(rules.otherClient)
  }
}

/** The key of a stored API token: the base64url of its SHA-256. */
export const apiTokenHash = (token: string) => hash('sha256', token, 'base64url')
