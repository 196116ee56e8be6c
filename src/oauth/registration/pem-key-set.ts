/** Key sets of clients in PEM: public keys and certificates become a JWK Set, RFC 7517 §5. */
import type { X509Certificate } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import {
  certificateOf,
  hasPrivateKey,
  isPem,
  jwkOf,
  type PemBlock,
  pemBlocks,
  publicKeyOf,
} from '../../jose/pem.ts'
import type { Problem } from '../property-problem.ts'

const messages = {
  private:
    'The PEM has a private key, which is not stored: use the public key or a certificate of it.',
  malformed: 'The PEM must have 1 to 50 complete blocks in base64 (RFC 7468 §2).',
  unknown:
    'Each block of the PEM must be a PUBLIC KEY, an RSA PUBLIC KEY or a CERTIFICATE with an RSA ' +
    'key, or a key on a curve of JOSE.',
  order: 'In the PEM, each certificate must be followed by the one that certifies it.',
}

/** One key, with its certificate and those that certify it. */
interface Entry {
  block: PemBlock
  chain: X509Certificate[]
}

/**
 * The text of a key set. PEM becomes a JWK Set in which each kid is the thumbprint of the key
 * (RFC 7638); another text is unchanged.
 */
export async function keySetText(
  path: string,
  text: string | undefined,
): Promise<{ text: string | undefined } | { problem: Problem }> {
  if (text === undefined || !isPem(text)) return { text }
  const keys = await keysOf(text)
  return typeof keys === 'string'
    ? { problem: { path, message: messages[keys] } }
    : { text: JSON.stringify({ keys }) }
}

async function keysOf(text: string): Promise<JWK[] | keyof typeof messages> {
  if (hasPrivateKey(text)) return 'private'
  const blocks = pemBlocks(text)
  if (!blocks) return 'malformed'
  const entries = entriesOf(blocks)
  if (isOutOfOrder(entries)) return 'order'
  const keys: JWK[] = []
  for (const { block, chain } of entries) {
    const key = publicKeyOf(block)
    const jwk = key && jwkOf(key)
    if (!jwk) return 'unknown'
    const x5c = chain.map(({ raw }) => raw.toString('base64'))
    const kid = await calculateJwkThumbprint(jwk, 'sha256')
    keys.push({ kid, ...jwk, ...(x5c.length > 0 ? { x5c } : {}) })
  }
  return keys
}

/** A certificate that certifies the previous one joins its chain: it is no key of the client. */
function entriesOf(blocks: readonly PemBlock[]): Entry[] {
  const entries: Entry[] = []
  for (const block of blocks) {
    const certificate = certificateOf(block)
    const chain = entries.at(-1)?.chain ?? []
    const last = chain.at(-1)
    if (certificate && last && isIssuedBy(last, certificate)) chain.push(certificate)
    else entries.push({ block, chain: certificate ? [certificate] : [] })
  }
  return entries
}

/** Otherwise the key of an authority would count as a key of the client. */
const isOutOfOrder = (entries: readonly Entry[]): boolean =>
  entries.some(({ chain: [first] }) =>
    entries.some(({ chain }) => first && chain.some((each) => isIssuedBy(each, first))),
  )

/** By names; the chain is verified with the whole key set. A self-signed certificate ends it. */
const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  !certificate.checkIssued(certificate) && certificate.checkIssued(issuer)
