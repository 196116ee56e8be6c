/**
 * Values in header parameters of ID Tokens that only this service can read, sealed under its salt
 * of pairwise subjects.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { Service } from '../../model/service/service.ts'

const keyed = (service: Service, ...parts: (string | number)[]) =>
  createHmac('sha256', service.pairwiseSubjectSalt ?? '').update(parts.join('\n'))

const keyOf = (service: Service, purpose: string) => keyed(service, purpose).digest()

/** Values are padded to a multiple of this many bytes, to hide their length from clients. */
const block = 64

interface Sealing {
  /** Separates the keys of different values. */
  purpose: string
  /** A value of the token that must be the same when the sealed value is read. */
  bound: string
}

/** The sealed value. `unique` identifies the token, so that no nonce is used for two values. */
export function sealUnderSalt(
  service: Service,
  { purpose, bound }: Sealing,
  value: string,
  unique: readonly (string | number)[],
): string {
  const text = Buffer.from(value)
  const padded = Buffer.alloc(Math.ceil(text.length / block) * block)
  text.copy(padded)
  const nonce = keyed(service, ...unique, value).digest()
  const cipher = createCipheriv('aes-256-gcm', keyOf(service, purpose), nonce.subarray(0, 12))
  cipher.setAAD(Buffer.from(bound))
  const sealed = [nonce.subarray(0, 12), cipher.update(padded), cipher.final()]
  return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url')
}

/** Undefined without a sealed value, and after the salt was replaced. */
export function openUnderSalt(
  service: Service,
  { purpose, bound }: Sealing,
  sealed: unknown,
): string | undefined {
  if (typeof sealed !== 'string') return undefined
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28 + block) return undefined
  try {
    const nonce = bytes.subarray(0, 12)
    const decipher = createDecipheriv('aes-256-gcm', keyOf(service, purpose), nonce)
    decipher.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(-16))
    const padded = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    return padded.subarray(0, padded.indexOf(0) < 0 ? undefined : padded.indexOf(0)).toString()
  } catch {
    return undefined
  }
}
