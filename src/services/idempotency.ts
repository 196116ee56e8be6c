/**
 * Creations that are repeated with the header field Idempotency-Key, because their response was
 * lost: the first response is sent again, and nothing is created twice.
 */
import { hash } from 'node:crypto'
import type { Context } from '../context.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

const rules = defineCallerRules('Idempotency key', {
  otherRequest: {
    code: 'P144001',
    status: 422,
    message:
      'The Idempotency-Key was used with another request: use a new key for each thing to create.',
  },
  malformed: {
    code: 'P144002',
    status: 400,
    message: 'The Idempotency-Key must have 1 to 255 visible ASCII characters.',
  },
})

const day = 86_400_000

/** The writes that keep a response, for the commit of what it is about. */
export type Keep = (response: object) => Write[]

/**
 * Creates something unless the call repeats one that did. Of concurrent calls with one key one
 * creates, and the others get its response.
 */
export async function createOnce<T extends object>(
  context: Context,
  serviceId: number,
  request: unknown,
  create: (keep: Keep) => Promise<T>,
): Promise<T> {
  const { call, caller, store, now } = context
  const key = call.idempotencyKey()
  if (key === undefined) return create(() => [])
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) refuseCaller(rules.malformed)
  // Another caller with the same key creates something of its own.
  const { operationId } = call.operation
  const keyHash = digest([caller.tokenId ?? caller.label, operationId, key])
  const requestHash = digest(request)

  async function kept(): Promise<T | undefined> {
    const found = await store.idempotency.find(serviceId, keyHash)
    if (!found || found.expiresAt <= now) return undefined
    if (found.requestHash !== requestHash) refuseCaller(rules.otherRequest)
    return found.response as T
  }

  const earlier = await kept()
  if (earlier) return earlier
  const lost = new Error('The key was used concurrently in every attempt.')
  const expiresAt = now + day
  const keep: Keep = (response) => {
    const row = { serviceId, keyHash, requestHash, expiresAt, response }
    return [
      store.idempotency.deleteExpired(serviceId, keyHash, now),
      orRefuse(store.idempotency.claim(row), lost),
    ]
  }
  return create(keep).catch(async (error: unknown) => {
    // Whatever refused this call may be what the other one created.
    const winner = await kept()
    if (!winner) throw error
    return winner
  })
}

/** Members in the order of their names, because callers may send them in any. */
const digest = (value: unknown): string =>
  hash(
    'sha256',
    JSON.stringify(value, (_, held: unknown) => (isObject(held) ? sorted(held) : held)),
    'base64url',
  )

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sorted = (value: object) =>
  Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
