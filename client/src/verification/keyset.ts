/** The key set of an issuer: fetched once, again when it is old, and seldom for unknown keys. */
import type { Members } from '../bytes.ts'
import { fits, importKey, isSignedBy, type Jwt } from './jws.ts'

export interface KeySetOptions {
  readonly jwksUri: string | URL
  readonly fetch: (request: Request) => Promise<Response>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Milliseconds after which the set is fetched again; a set that is not reachable is used on. */
const freshMilliseconds = 600_000
/** Milliseconds after which keys that could not be fetched again are no longer trusted. */
const staleMilliseconds = 86_400_000
/** Milliseconds between two fetches, whatever tokens say. */
const pauseMilliseconds = 30_000
const timeoutMilliseconds = 5_000
const longest = 512 * 1_024
const mostKeys = 100

interface Held {
  readonly jwks: readonly Members[]
  readonly at: number
  /** Imported keys, by place and algorithm. */
  readonly imported: Map<string, Promise<CryptoKey | undefined>>
}

/** The keys cannot be had: the caller may try again later. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

/** Whether a key of the set signed a JWT. */
export type VerifyByKeySet = (jwt: Jwt) => Promise<boolean>

export function createKeySet(options: KeySetOptions): VerifyByKeySet {
  const { now } = options
  let held: Held | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let pending: Promise<void> | undefined

  const renew = (): Promise<void> => {
    if (pending !== undefined) return pending
    if (now() - triedAt < pauseMilliseconds) return Promise.resolve()
    triedAt = now()
    pending = keysAt(options)
      .then((jwks) => {
        held = { jwks, at: now(), imported: new Map() }
      })
      .catch(() => {})
      .finally(() => {
        pending = undefined
      })
    return pending
  }

  const usable = (): Held | undefined =>
    held && now() - held.at < staleMilliseconds ? held : undefined

  return async (jwt) => {
    if (!usable()) await renew()
    const current = usable()
    if (!current) throw new KeysUnavailable('The key set of the issuer cannot be fetched.')
    // Calls do not wait for the renewal of keys that are known.
    if (now() - current.at > freshMilliseconds) void renew()
    if (candidates(current, jwt).length > 0) return isSignedByOne(current, jwt)
    await renew()
    return isSignedByOne(usable() ?? current, jwt)
  }
}

/** The places of keys that a JWT can be signed with. */
function candidates({ jwks }: Held, { header }: Jwt): number[] {
  const { kid, alg } = header
  const all = jwks.flatMap((jwk, at) => (fits(jwk, alg) ? [at] : []))
  return kid === undefined ? all.slice(0, 5) : all.filter((at) => jwks[at]?.['kid'] === kid)
}

async function isSignedByOne(held: Held, jwt: Jwt): Promise<boolean> {
  for (const at of candidates(held, jwt)) {
    const name = `${at} ${jwt.header['alg']}`
    const imported = held.imported.get(name) ?? importKey(held.jwks[at] ?? {}, jwt.header['alg'])
    held.imported.set(name, imported)
    const key = await imported
    if (key && (await isSignedBy(key, jwt))) return true
  }
  return false
}

async function keysAt({ jwksUri, fetch }: KeySetOptions): Promise<readonly Members[]> {
  const signal = AbortSignal.timeout(timeoutMilliseconds)
  const response = await fetch(new Request(jwksUri, { signal, redirect: 'error' }))
  const text = await textWithin(response, longest)
  const body: unknown = JSON.parse(text)
  const keys = typeof body === 'object' && body !== null && 'keys' in body ? body.keys : undefined
  if (!response.ok || !Array.isArray(keys)) throw new TypeError('The response is no key set.')
  return keys.slice(0, mostKeys).filter((key) => typeof key === 'object' && key !== null)
}

async function textWithin(response: Response, bytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let [text, read] = ['', 0]
  const reader = response.body?.getReader()
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) return text + decoder.decode()
    read += value.length
    if (read > bytes) throw new TypeError('The key set is too long.')
    text += decoder.decode(value, { stream: true })
  }
}
