/** AWS KMS, as far as the provider uses it; it verifies the signature of each request. */
import {
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto'
import type { Json } from '../../../support/server.ts'
import { der, signEcdsa, signPkcs1, signPss } from './sign-digest.ts'
import {
  type Asked,
  decryptOaep,
  ecPair,
  type Pair,
  rsaPair,
  type Stub,
  startStub,
  type Told,
} from './stub.ts'

export const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'a-session',
}

interface Key {
  KeyId: string
  usage: string
  pair: Pair
  isPending: boolean
}

const failed = (type: string): Told => ({ status: 400, body: { __type: type } })
const curves: Record<string, string> = {
  ECC_NIST_P256: 'P-256',
  ECC_NIST_P384: 'P-384',
  ECC_NIST_P521: 'P-521',
}

/** Signature Version 4, by the received header fields. */
function isSigned({ headers, text }: Asked): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/(eu-1)\/kms\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})$/
  const found = pattern.exec(headers.authorization ?? '')
  if (!found) return false
  const [, id, day = '', region = '', names = '', signature = ''] = found
  const time = String(headers['x-amz-date'])
  const required = ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target']
  if (id !== credentials.accessKeyId || !required.every((name) => names.split(';').includes(name)))
    return false
  const at = Date.parse(time.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - at) < 300_000)) return false
  const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')
  const fields = names.split(';').map((name) => `${name}:${headers[name]}`)
  const canonical = ['POST', '/', '', ...fields, '', names, sha256(text)].join('\n')
  const scope = `${day}/${region}/kms/aws4_request`
  const input = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  let key: string | Buffer = `AWS4${credentials.secretAccessKey}`
  for (const part of [...scope.split('/'), input]) {
    key = createHmac('sha256', key).update(part).digest()
  }
  return timingSafeEqual(Buffer.from(signature, 'hex'), key as Buffer)
}

export function startAws(): Promise<Stub> {
  const keys = new Map<string, Key>()
  const aliases = new Map<string, string>()
  const keyOf = (id: string) => keys.get(aliases.get(id) ?? id)

  const ofKey: Record<string, (key: Key, body: Json) => Told> = {
    GetPublicKey: ({ KeyId, pair }) => {
      const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
      return { status: 200, body: { KeyId, PublicKey: spki.toString('base64') } }
    },
    Sign({ usage, pair }, { Message, MessageType, SigningAlgorithm: name }) {
      const digest = Buffer.from(Message, 'base64')
      const isRight = MessageType === 'DIGEST' && name.endsWith(String(digest.length * 8))
      if (usage !== 'SIGN_VERIFY' || !isRight) return failed('ValidationException')
      const signature = name.startsWith('ECDSA')
        ? der(signEcdsa(pair, digest))
        : name.includes('PSS')
          ? signPss(pair, digest)
          : signPkcs1(pair, digest)
      return { status: 200, body: { Signature: signature.toString('base64') } }
    },
    Decrypt({ usage, pair }, { CiphertextBlob, EncryptionAlgorithm: name }) {
      if (usage !== 'ENCRYPT_DECRYPT') return failed('InvalidKeyUsageException')
      const hash = name.endsWith('SHA_1') ? 'sha1' : 'sha256'
      const plaintext = decryptOaep(pair, hash, Buffer.from(CiphertextBlob, 'base64'))
      return plaintext
        ? { status: 200, body: { Plaintext: plaintext.toString('base64') } }
        : failed('InvalidCiphertextException')
    },
    DeriveSharedSecret({ usage, pair }, { PublicKey, KeyAgreementAlgorithm: name }) {
      if (usage !== 'KEY_AGREEMENT' || name !== 'ECDH') return failed('InvalidKeyUsageException')
      const key = Buffer.from(PublicKey, 'base64')
      const publicKey = createPublicKey({ key, format: 'der', type: 'spki' })
      const secret = diffieHellman({ privateKey: pair.privateKey, publicKey })
      return { status: 200, body: { SharedSecret: secret.toString('base64') } }
    },
    ScheduleKeyDeletion(key, { PendingWindowInDays }) {
      key.isPending = true
      return { status: 200, body: { PendingWindowInDays } }
    },
  }

  const ofService: Record<string, (body: Json) => Told> = {
    CreateKey({ KeySpec, KeyUsage: usage }) {
      const [, bits] = /^RSA_(\d{4})$/.exec(KeySpec) ?? []
      const curve = curves[KeySpec] ?? ''
      if (!bits && !curve) return failed('ValidationException')
      const KeyId = randomUUID()
      const pair = bits ? rsaPair(Number(bits)) : ecPair(curve)
      keys.set(KeyId, { KeyId, usage, pair, isPending: false })
      return { status: 200, body: { KeyMetadata: { KeyId } } }
    },
    CreateAlias({ AliasName, TargetKeyId }) {
      if (!/^alias\/[\w/-]+$/.test(AliasName)) return failed('InvalidAliasNameException')
      aliases.set(AliasName, TargetKeyId)
      return { status: 200, body: {} }
    },
    DeleteAlias({ AliasName }) {
      aliases.delete(AliasName)
      return { status: 200, body: {} }
    },
    ListAliases({ KeyId }) {
      if (KeyId !== undefined && !keys.has(KeyId)) return failed('NotFoundException')
      const found = [...aliases].filter(([, target]) => target === KeyId)
      return { status: 200, body: { Aliases: found.map(([AliasName]) => ({ AliasName })) } }
    },
  }

  return startStub((asked) => {
    const { method, path, headers, body } = asked
    if (method !== 'POST' || path !== '/') return { status: 404 }
    if (headers['content-type'] !== 'application/x-amz-json-1.1') return { status: 404 }
    if (!isSigned(asked)) return failed('IncompleteSignatureException')
    const [, operation = ''] = String(headers['x-amz-target']).split('TrentService.')
    const general = ofService[operation]
    if (general) return general(body)
    const key = keyOf(body.KeyId)
    if (!key) return failed('NotFoundException')
    if (key.isPending) return failed('KMSInvalidStateException')
    return ofKey[operation]?.(key, body) ?? failed('UnknownOperationException')
  })
}
