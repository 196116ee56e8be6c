/** Keys and certificates in PEM (RFC 7468) and PKCS #12 (RFC 7292), in any order. */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { type PemBlock, pemBlocks } from '../../jose/pem.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { DerError, membersOf, readDer } from '../../x509/der.ts'
import {
  allowedDerivations,
  ContainerError,
  type ContainerFault,
  type Derivations,
  decryptPrivateKey,
  readAlgorithm,
} from '../../x509/password-encryption.ts'
import { readPkcs12 } from '../../x509/pkcs12.ts'
import { type Place, placeOf, refuseAt } from './entry.ts'

const rules = defineRules('Key material', {
  tooLarge: {
    code: 'P114005',
    error: 'invalid_request',
    spec: 'RFC 7468 §2',
    message: 'The keys must have at most 64 KB.',
    fix: 'Pass at most 64 KB, in several calls if needed.',
  },
  pem: {
    code: 'P114006',
    error: 'invalid_request',
    spec: 'RFC 7468 §2',
    message: 'The PEM must have 1 to 50 complete blocks in base64.',
    fix: 'Pass 1 to 50 complete PEM blocks, with their lines BEGIN and END.',
  },
  label: {
    code: 'P114007',
    error: 'invalid_request',
    spec: 'RFC 7468 §4',
    message: 'The block of the PEM is neither a key nor a certificate.',
    fix: 'Remove the block that the evidence names, or convert it to PKCS #8.',
  },
  malformed: {
    code: 'P114008',
    error: 'invalid_request',
    spec: 'RFC 7468 §2',
    message: 'The key or certificate cannot be read: it is malformed, or of an unknown kind.',
    fix: 'Export the key or certificate again, such as with `openssl pkey` or `openssl x509`.',
  },
  passphraseMissing: {
    code: 'P114009',
    error: 'invalid_request',
    spec: 'RFC 5958 §3',
    message: 'The key is encrypted: the passphrase is required.',
    fix: 'Pass the `passphrase` of the key.',
  },
  passphrase: {
    code: 'P114010',
    error: 'invalid_request',
    spec: 'RFC 8018 §6.2.2',
    message: 'The passphrase does not fit.',
    fix: 'Pass the passphrase with which the key or file was encrypted.',
  },
  pemEncryption: {
    code: 'P114011',
    error: 'invalid_request',
    spec: 'RFC 8018 §6.2',
    message:
      'The encryption is not PBES2 with PBKDF2 and AES: convert the key with ' +
      '`openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem`.',
    fix: 'Convert the key with `openssl pkcs8 -topk8 -v2 aes-256-cbc`.',
  },
  costly: {
    code: 'P114012',
    error: 'invalid_request',
    spec: 'RFC 8018 §5.2',
    message:
      'The passphrase is derived with too much work: at most 1,000,000 iterations, and 64 bytes ' +
      'of salt.',
    fix: 'Encrypt the key again with at most 1000000 iterations and 64 bytes of salt.',
  },
  pkcs12: {
    code: 'P114013',
    error: 'invalid_request',
    spec: 'RFC 7292 §4',
    message:
      'The PKCS #12 file cannot be read: it must be base64, with at most 50 keys and certificates.',
    fix: 'Pass the file as base64, with at most 50 keys and certificates.',
  },
  pkcs12Encryption: {
    code: 'P114014',
    error: 'invalid_request',
    spec: 'RFC 7292 §4',
    message:
      'The PKCS #12 file does not use AES and SHA-2: convert it to PEM with ' +
      '`openssl pkcs12 -legacy -in old.p12 -aes256 -out new.pem`.',
    fix: 'Convert the file to PEM with `openssl pkcs12 -legacy -aes256`.',
  },
  pkcs12Integrity: {
    code: 'P114015',
    error: 'invalid_request',
    spec: 'RFC 7292 §4',
    message: 'The PKCS #12 file must be protected with a passphrase, not with signatures.',
    fix: 'Export the file again with a passphrase for its integrity.',
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

export function requireShort(text: string): string {
  return text.length > longestText ? refuse(rules.tooLarge) : text
}

/** The keys and certificates of a PEM text; private keys are decrypted. */
export async function readPem(text: string, passphrase: string | undefined): Promise<Found> {
  requireShort(text)
  if (/^(Proc-Type: *4, *ENCRYPTED|DEK-Info:)/m.test(text)) refuse(rules.pemEncryption)
  const blocks = pemBlocks(text) ?? refuse(rules.pem)
  const allowed = allowedDerivations()
  const plain: PemBlock[] = []
  for (const [index, block] of blocks.entries()) {
    const place = placeOf(index, block.label)
    plain.push(await decrypted(block, passphrase, allowed, place))
  }
  return sorted(plain)
}

/** The keys and certificates of a PKCS #12 file in base64. */
export async function readContainer(base64: string, passphrase = ''): Promise<Found> {
  requireShort(base64)
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(base64)) refuse(rules.pkcs12)
  try {
    return sorted(await readPkcs12(Buffer.from(base64, 'base64'), passphrase))
  } catch (error) {
    return refuse(rules[containerRules[faultOf(error)]])
  }
}

const containerRules = {
  malformed: 'pkcs12',
  encryption: 'pkcs12Encryption',
  costly: 'costly',
  passphrase: 'passphrase',
  integrity: 'pkcs12Integrity',
} as const satisfies Record<ContainerFault, keyof typeof rules>

const pemRules = {
  ...containerRules,
  malformed: 'malformed',
  encryption: 'pemEncryption',
} as const

function faultOf(error: unknown): ContainerFault {
  if (error instanceof ContainerError) return error.fault
  if (error instanceof DerError) return 'malformed'
  throw error
}

async function decrypted(
  block: PemBlock,
  passphrase: string | undefined,
  allowed: Derivations,
  place: Place,
): Promise<PemBlock> {
  if (block.label !== 'ENCRYPTED PRIVATE KEY') return block
  if (passphrase === undefined) return refuseAt(rules.passphraseMissing, place)
  try {
    const der = await decryptPrivateKey(block.der, passphrase, allowed)
    return { label: 'PRIVATE KEY', der }
  } catch (error) {
    return refuseAt(rules[pemRules[faultOf(error)]], place)
  }
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
  requireKnownKind(certificate.publicKey.export({ type: 'spki', format: 'der' }), 0)
  return certificate
}

const readers: Record<string, (der: Buffer) => KeyObject> = {
  'PRIVATE KEY': (der) => {
    requireKnownKind(der, 1)
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  },
  'RSA PRIVATE KEY': (key) => createPrivateKey({ key, format: 'der', type: 'pkcs1' }),
  'EC PRIVATE KEY': (key) => createPrivateKey({ key, format: 'der', type: 'sec1' }),
  'PUBLIC KEY': (der) => {
    requireKnownKind(der, 0)
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  },
  'RSA PUBLIC KEY': (key) => createPublicKey({ key, format: 'der', type: 'pkcs1' }),
}

/** RSA, EC, X25519, Ed25519. Reading keys of other kinds can cost minutes of computation. */
const kinds = ['1.2.840.113549.1.1.1', '1.2.840.10045.2.1', '1.3.101.110', '1.3.101.112']

/** Throws unless the algorithm at the position in the key is one of those known here. */
function requireKnownKind(der: Buffer, position: number): void {
  const { id } = readAlgorithm(membersOf(readDer(der)[0])[position])
  if (!kinds.includes(id)) throw new DerError('The kind of the key is unknown.')
}
