/** Keys and certificates in PKCS #12 files, RFC 7292, within limits. */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { definiteForm } from './ber.ts'
import { type DerValue, membersOf, readDer, readObjectId, tags } from './der.ts'
import {
  allowedDerivations,
  ContainerError,
  type Derivations,
  decryptContent,
  decryptPrivateKey,
  known,
  readAlgorithm,
  readCount,
  spend,
} from './password-encryption.ts'

/** A key in PKCS #8, or a certificate. */
export interface Bag {
  readonly label: 'PRIVATE KEY' | 'CERTIFICATE'
  readonly der: Buffer
}

const bagLimit = 50
const nestingLimit = 8

const ids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  certificate: '1.2.840.113549.1.9.22.1',
}

/** The kinds of bags, RFC 7292 §4.2. Lists of revoked certificates and secrets are left out. */
const kinds: Record<string, 'key' | 'encrypted key' | 'certificate' | 'left out' | 'bags'> = {
  '1.2.840.113549.1.12.10.1.1': 'key',
  '1.2.840.113549.1.12.10.1.2': 'encrypted key',
  '1.2.840.113549.1.12.10.1.3': 'certificate',
  '1.2.840.113549.1.12.10.1.4': 'left out',
  '1.2.840.113549.1.12.10.1.5': 'left out',
  '1.2.840.113549.1.12.10.1.6': 'bags',
}

/** The keys and certificates of a file; throws ContainerError or DerError. */
export async function readPkcs12(file: Buffer, passphrase: string): Promise<Bag[]> {
  const allowed = allowedDerivations()
  const [version, authenticated, integrity] = membersOf(readDer(definiteForm(file))[0])
  if (!version || readCount(version) !== 3) throw new ContainerError('malformed')
  const content = dataIn(authenticated)
  await verifyIntegrity(integrity, content, passphrase, allowed)
  const bags: Bag[] = []
  for (const part of membersOf(readDer(definiteForm(content))[0])) {
    const bytes = await partOf(part, passphrase, allowed)
    await readBags(bytes, { bags, passphrase, allowed }, 0)
  }
  return bags
}

/** The octets in a content of the type data, RFC 5652 §4. */
function dataIn(content: DerValue | undefined): Buffer {
  const [type, explicit] = membersOf(content)
  if (!type || readObjectId(type) !== ids.data || !explicit) throw new ContainerError('integrity')
  const [octets] = readDer(explicit.content)
  if (octets?.tag !== tags.octetString) throw new ContainerError('malformed')
  return octets.content
}

/** The bags of a part, decrypted; RFC 5652 §8. */
async function partOf(part: DerValue, passphrase: string, allowed: Derivations): Promise<Buffer> {
  const [type, explicit] = membersOf(part)
  if (!type || !explicit) throw new ContainerError('malformed')
  const id = readObjectId(type)
  if (id === ids.data) return dataIn(part)
  if (id !== ids.encryptedData) throw new ContainerError('encryption')
  const [, information] = membersOf(readDer(explicit.content)[0])
  const [, identifier, encrypted] = membersOf(information)
  if (!encrypted) throw new ContainerError('malformed')
  return decryptContent(identifier, octetsOf(encrypted), passphrase, allowed)
}

/** The octets behind the tag [0], in one piece or in several. */
function octetsOf({ tag, content }: DerValue): Buffer {
  if (tag === 0x80) return content
  if (tag !== 0xa0) throw new ContainerError('malformed')
  return Buffer.concat(readDer(content).map((piece) => piece.content))
}

interface Reading {
  bags: Bag[]
  passphrase: string
  allowed: Derivations
}

async function readBags(bytes: Buffer, reading: Reading, depth: number): Promise<void> {
  if (depth > nestingLimit) throw new ContainerError('malformed')
  for (const bag of membersOf(readDer(definiteForm(bytes))[0])) {
    const [type, explicit] = membersOf(bag)
    if (!type || !explicit) throw new ContainerError('malformed')
    await readBag(known(kinds, readObjectId(type)), explicit.content, reading, depth)
    if (reading.bags.length > bagLimit) throw new ContainerError('malformed')
  }
}

async function readBag(
  kind: (typeof kinds)[string],
  content: Buffer,
  reading: Reading,
  depth: number,
): Promise<void> {
  const { bags, passphrase, allowed } = reading
  if (kind === 'key') bags.push({ label: 'PRIVATE KEY', der: content })
  if (kind === 'encrypted key') {
    const der = await decryptPrivateKey(content, passphrase, allowed)
    bags.push({ label: 'PRIVATE KEY', der })
  }
  if (kind === 'certificate') bags.push({ label: 'CERTIFICATE', der: certificateIn(content) })
  if (kind === 'bags') await readBags(content, reading, depth + 1)
}

/** RFC 7292 §4.2.3; certificates of another kind than X.509 are not supported. */
function certificateIn(content: Buffer): Buffer {
  const [type, explicit] = membersOf(readDer(content)[0])
  if (!type || !explicit || readObjectId(type) !== ids.certificate) {
    throw new ContainerError('encryption')
  }
  const [octets] = readDer(explicit.content)
  if (octets?.tag !== tags.octetString) throw new ContainerError('malformed')
  return octets.content
}

/** SHA-2, RFC 7292 §A; the length of a hash and the block of its input, in bytes. */
const digests: Record<string, { name: string; length: number; block: number }> = {
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', length: 32, block: 64 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', length: 48, block: 128 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', length: 64, block: 128 },
}

/** RFC 7292 §4: the file must be protected with the passphrase. */
async function verifyIntegrity(
  integrity: DerValue | undefined,
  content: Buffer,
  passphrase: string,
  allowed: Derivations,
): Promise<void> {
  if (!integrity) throw new ContainerError('integrity')
  const [stamp, salt, count] = membersOf(integrity)
  const [identifier, expected] = membersOf(stamp)
  if (salt?.tag !== tags.octetString || expected?.tag !== tags.octetString) {
    throw new ContainerError('malformed')
  }
  const digest = known(digests, readAlgorithm(identifier).id)
  const iterations = count ? readCount(count) : 1
  spend(allowed, salt.content, iterations)
  const key = await integrityKey(digest, passphrase, salt.content, iterations)
  const actual = createHmac(digest.name, key).update(content).digest()
  const isEqual = actual.length === expected.content.length
  if (!isEqual || !timingSafeEqual(actual, expected.content)) throw new ContainerError('passphrase')
}

const integrityPurpose = 3
const iterationsPerTurn = 5_000

/** RFC 7292 §B.2. The key is as long as the hash, so one round is enough. */
async function integrityKey(
  { name, block }: { name: string; block: number },
  passphrase: string,
  salt: Buffer,
  iterations: number,
): Promise<Buffer> {
  const purpose = Buffer.alloc(block, integrityPurpose)
  const password = Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  let key = hash(
    name,
    Buffer.concat([purpose, filled(salt, block), filled(password, block)]),
    'buffer',
  )
  for (let done = 1; done < iterations; done++) {
    if (done % iterationsPerTurn === 0) await nextTurn()
    key = hash(name, key, 'buffer')
  }
  return key
}

/** The bytes, repeated to a multiple of the length of a block. */
function filled(bytes: Buffer, block: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
}
