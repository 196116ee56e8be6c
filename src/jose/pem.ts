/** Keys in PEM, RFC 7468: public keys, certificates, and the labels of private keys. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'

export interface PemBlock {
  /** The words after BEGIN, such as `PUBLIC KEY`. */
  readonly label: string
  readonly der: Buffer
}

/** The limit of blocks in a text. */
const blockLimit = 50

/** Whether a text is meant as PEM: a JWK Set begins with a brace. */
export const isPem = (text: string): boolean =>
  text.includes('-----BEGIN ') && !/^\s*[{[]/.test(text)

/** Whether a text has a private key, encrypted or not, also if its block is malformed. */
export const hasPrivateKey = (text: string): boolean => /-----BEGIN [A-Z0-9 ]*PRIVATE/.test(text)

/** The blocks of a text, without text around them, RFC 7468 §2; undefined if one is malformed. */
export function pemBlocks(text: string): PemBlock[] | undefined {
  const found = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)]
  const begun = text.split('-----BEGIN ').length - 1
  if (found.length === 0 || found.length !== begun || begun > blockLimit) return undefined
  if (found.some(([, , body = '']) => !/^[A-Za-z0-9+/=\s]+$/.test(body))) return undefined
  return found.map(([, label = '', body = '']) => ({ label, der: Buffer.from(body, 'base64') }))
}

/** The certificate in a block; undefined if the block has none. */
export function certificateOf({ label, der }: PemBlock): X509Certificate | undefined {
  if (label !== 'CERTIFICATE') return undefined
  try {
    return new X509Certificate(der)
  } catch {
    return undefined
  }
}

/** The public key in a block: of `PUBLIC KEY`, `RSA PUBLIC KEY` or a certificate. */
export function publicKeyOf(block: PemBlock): KeyObject | undefined {
  const { label, der } = block
  try {
    if (label === 'PUBLIC KEY') return createPublicKey({ key: der, format: 'der', type: 'spki' })
    if (label === 'RSA PUBLIC KEY') {
      return createPublicKey({ key: der, format: 'der', type: 'pkcs1' })
    }
    return certificateOf(block)?.publicKey
  } catch {
    return undefined
  }
}

/** A key as a JWK; undefined if JOSE has no such type or curve. */
export function jwkOf(key: KeyObject): JWK | undefined {
  try {
    return key.export({ format: 'jwk' }) as JWK
  } catch {
    return undefined
  }
}
