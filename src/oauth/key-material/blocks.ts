/** Keys and certificates in PEM (RFC 7468), in any order. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type PemBlock, pemBlocks } from '../../jose/pem.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { DerError, membersOf, readDer } from '../../x509/der.ts'
import { readAlgorithm } from '../../x509/password-encryption.ts'
import { type Place, placeOf, refuseAt } from './entry.ts'

const rules = defineRules('Key material', {
  tooLarge: {
    code: 'P114005',
    error: 'invalid_request',
    spec: 'RFC 7468 §2',
    message: 'The keys must have at most 64 KB.',
  },
  pem: {
    code: 'P114006',
    error: 'invalid_request',
    spec: 'RFC 7468 §2',
    message: 'The PEM must have 1 to 50 complete blocks in base64.',
  },
  label: {
    code: 'P114007',
    error: 'invalid_request',
    spec: 'RFC 7468 §4',
    message: 'The block of the PEM is neither a key nor a certificate.',
  },
  malformed: {
    code: 'P114008',
    error: 'invalid_request',
    spec: 'RFC 7468 §2',
    message: 'The key or certificate cannot be read: it is malformed, or of an unknown kind.',
  },
})

const longestText = 65_536

/** A key of a text or file. */
export interface FoundKey {
  readonly key: KeyObject
  readonly place: Place
}

export interface Found {
  readonly keys: FoundKey[]
  readonly certificates: { certificate: X509Certificate; place: Place }[]
}

function requireShort(text: string): string {
  return text.length > longestText ? refuse(rules.tooLarge) : text
}

/** The keys and certificates of a PEM text. */
export function readPem(text: string): Found {
  requireShort(text)
  return sorted(pemBlocks(text) ?? refuse(rules.pem))
}

function sorted(blocks: readonly PemBlock[]): Found {
  const found: Found = { keys: [], certificates: [] }
  for (const [index, { label, der }] of blocks.entries()) {
    const place = placeOf(index, label)
    // Generated keys are preceded by the name of their curve, which the key has, too.
    if (label === 'EC PARAMETERS') continue
    if (label === 'CERTIFICATE') {
      found.certificates.push({ certificate: readOrRefuse(der, place, asCertificate), place })
    } else {
      const read = Object.hasOwn(readers, label) ? readers[label] : undefined
      if (!read) refuseAt(rules.label, place)
      found.keys.push({ key: readOrRefuse(der, place, read), place })
    }
  }
  return found
}

function readOrRefuse<T>(der: Buffer, place: Place, read: (der: Buffer) => T): T {
  try {
    return read(der)
  } catch {
    return refuseAt(rules.malformed, place)
  }
}

function asCertificate(der: Buffer): X509Certificate {
  const certificate = new X509Certificate(der)
  requireKnownKind(certificate.publicKey.export({ type: 'spki', format: 'der' }))
  return certificate
}

const readers: Record<string, (der: Buffer) => KeyObject> = {
  'PUBLIC KEY': (der) => {
    requireKnownKind(der)
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  },
  'RSA PUBLIC KEY': (key) => createPublicKey({ key, format: 'der', type: 'pkcs1' }),
}

/** RSA, EC, X25519, Ed25519. Reading keys of other kinds can cost minutes of computation. */
const kinds = ['1.2.840.113549.1.1.1', '1.2.840.10045.2.1', '1.3.101.110', '1.3.101.112']

/** Throws unless the algorithm of the public key is one of those known here. */
function requireKnownKind(der: Buffer): void {
  const { id } = readAlgorithm(membersOf(readDer(der)[0])[0])
  if (!kinds.includes(id)) throw new DerError('The kind of the key is unknown.')
}
