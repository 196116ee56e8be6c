/** Bytes and texts, by web standards only. */

/** With memory that is not shared, as WebCrypto takes them. */
export type Bytes = ReturnType<TextEncoder['encode']>

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const bytesOf = (text: string): Bytes => encoder.encode(text)

/** The bytes of base64url without padding (RFC 7515 §2); undefined for another text. */
export function decode(text: string): Bytes | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (each) =>
    each.charCodeAt(0),
  )
}

export function encode(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

export async function hash(bytes: Bytes | string): Promise<string> {
  const given = typeof bytes === 'string' ? bytesOf(bytes) : bytes
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', given)))
}

export type Members = Readonly<Record<string, unknown>>

/** The object that base64url of JSON has; undefined for anything else. */
export function jsonIn(text: string): Members | undefined {
  const bytes = decode(text)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined
  } catch {
    return undefined
  }
}

/** The DER of a certificate in PEM (RFC 7468 §5.1). */
export function certificateBytes(certificate: string | Uint8Array): Bytes | undefined {
  if (typeof certificate !== 'string') return Uint8Array.from(certificate)
  const [, body = ''] =
    /-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----/.exec(certificate) ??
    []
  return decode(body.replace(/[\s=]/g, '').replace(/\+/g, '-').replace(/\//g, '_'))
}
