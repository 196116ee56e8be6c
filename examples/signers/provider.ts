/**
 * What the providers of this folder share: the interface that Postern expects of a module, answers
 * of key services over HTTP, and the forms of keys and signatures. It depends on Node only.
 */
import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto'

export interface WantedKey {
  use: 'sig' | 'enc'
  alg: string
  modulusBits?: number
}

export interface ProvidedKey {
  /** How the provider finds the key again; it is stored, and not secret. */
  reference: string
  publicJwk: JsonWebKey
}

export interface KeyProvider {
  algorithms(): Promise<string[]>
  create(handle: string, wanted: WantedKey): Promise<ProvidedKey>
  find(handle: string): Promise<ProvidedKey | undefined>
  sign(reference: string, alg: string, data: Uint8Array): Promise<Uint8Array>
  decrypt?(reference: string, alg: string, encrypted: Uint8Array): Promise<Uint8Array>
  agree?(reference: string, publicJwk: JsonWebKey): Promise<Uint8Array>
  destroy(reference: string): Promise<void>
  check(): Promise<void>
}

/** What Postern passes to a module. */
export interface System {
  clock(): number
  fetch: typeof fetch
  read(path: string): Buffer
}

export type Options = Readonly<Record<string, unknown>>

/** `refused`: the call can never work. `unavailable`: it may work later. No secrets in messages. */
export class ProviderError extends Error {
  readonly fault: 'refused' | 'unavailable'

  constructor(fault: 'refused' | 'unavailable', message: string) {
    super(message)
    this.fault = fault
  }
}

/** A member of the configuration; without a fallback it is required. */
export function option(options: Options, member: string, fallback?: string): string {
  const value = options[member] ?? fallback
  if (typeof value === 'string' && value !== '') return value
  throw new ProviderError('refused', `${member} is missing`)
}

/** Without a slash at the end. */
export const baseUrl = (text: string): string => text.replace(/\/+$/, '')

/** A name that every key service accepts; handles may have other characters. */
export const keyName = (handle: string): string =>
  `postern-${createHash('sha256').update(handle).digest('hex').slice(0, 40)}`

/** A value of a table, which has the algorithms that the service can do. */
export function chosen<T>(table: Record<string, T>, alg: string): T {
  const found = Object.hasOwn(table, alg) ? table[alg] : undefined
  if (found !== undefined) return found
  throw new ProviderError('refused', `There are no keys for ${alg}.`)
}

/** The size of a new RSA key. */
export const modulusBitsOf = ({ modulusBits = 3_072 }: WantedKey): number => modulusBits

/** What an algorithm signs: the digest of the data, by the last three digits of its name. */
export const digestOf = (alg: string, data: Uint8Array): Buffer =>
  createHash(`sha${alg.slice(2)}`)
    .update(data)
    .digest()

export const publicJwkOf = (key: Parameters<typeof createPublicKey>[0]): JsonWebKey =>
  createPublicKey(key).export({ format: 'jwk' })

const coordinateBytes: Record<string, number> = { ES256: 32, ES384: 48, ES512: 66 }

/** The signature in the form of JOSE; key services return ECDSA signatures in DER. */
export function joseSignature(alg: string, signature: Buffer): Buffer {
  const length = coordinateBytes[alg]
  if (length === undefined) return signature
  // SEQUENCE { INTEGER r, INTEGER s }; only P-521 has a length in two bytes.
  let at = signature[1] === 0x81 ? 3 : 2
  const integer = () => {
    const bytes = signature.subarray(at + 2, at + 2 + (signature[at + 1] ?? 0))
    at += 2 + bytes.length
    const significant = bytes.subarray(Math.max(0, bytes.length - length))
    return Buffer.concat([Buffer.alloc(length - significant.length), significant])
  }
  return Buffer.concat([integer(), integer()])
}

export interface Answer<T> {
  status: number
  body: T
}

/** Sends a request; its body is JSON unless it has another type. */
export async function ask<T>(
  system: System,
  url: string,
  init: RequestInit = {},
): Promise<Answer<T>> {
  const headers = new Headers(init.headers)
  if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  try {
    const response = await system.fetch(url, { ...init, headers })
    const text = await response.text()
    const isJson = /^\s*\{/.test(text)
    return { status: response.status, body: (isJson ? JSON.parse(text) : {}) as T }
  } catch {
    throw new ProviderError('unavailable', 'The key service does not answer.')
  }
}

/** States of the service or of the permissions, which may change: 4xx that are not final. */
const passing = [401, 403, 408, 409, 425, 429]

/** The body of an answer that succeeded. */
export function succeeded<T>({ status, body }: Answer<T>): T {
  if (status >= 200 && status < 300) return body
  const isFinal = status >= 400 && status < 500 && !passing.includes(status)
  throw new ProviderError(
    isFinal ? 'refused' : 'unavailable',
    `The key service answered with ${status}.`,
  )
}

export const isMissing = ({ status }: Answer<unknown>): boolean => status === 404

/** Making a key may take longer than `timeoutMs`, which Postern's `fetch` has otherwise. */
export const patiently = (): AbortSignal => AbortSignal.timeout(30_000)

export interface Token {
  token: string
  /** Milliseconds since the epoch. */
  endsAt: number
}

/** An access token that is requested again a minute before its end; one request at a time. */
export function tokenSource(system: System, request: () => Promise<Token>): () => Promise<string> {
  let kept: Token | undefined
  let requesting: Promise<Token> | undefined
  return async () => {
    if (kept && kept.endsAt - 60_000 > system.clock()) return kept.token
    requesting ??= request().finally(() => {
      requesting = undefined
    })
    kept = await requesting
    return kept.token
  }
}
