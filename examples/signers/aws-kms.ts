/**
 * Keys in AWS KMS.
 *
 *   { "name": "aws", "kind": "module", "module": "./aws-kms.js", "region": "eu-central-1" }
 *
 * Credentials: `credentialFile`, a JSON file with `accessKeyId`, `secretAccessKey` and, if they are
 * temporary, `sessionToken`, which is read for each call; without it, the variables AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; without these, those of the container (ECS, EKS Pod
 * Identity). Options: `endpoint`, `pendingDays` (7 to 30). Permissions: kms:CreateKey, CreateAlias,
 * DeleteAlias, ListAliases, DescribeKey, GetPublicKey, Sign, Decrypt, DeriveSharedSecret and
 * ScheduleKeyDeletion.
 */
import { createHash, createHmac, createPublicKey } from 'node:crypto'
import {
  type Answer,
  ask,
  baseUrl,
  chosen,
  digestOf,
  joseSignature,
  type KeyProvider,
  keyName,
  modulusBitsOf,
  type Options,
  option,
  type ProvidedKey,
  ProviderError,
  patiently,
  publicJwkOf,
  type System,
  tokenSource,
  type WantedKey,
} from './provider.ts'

interface Algorithm {
  /** The kind of key; that of RSA has its size at the end. */
  spec: string
  usage: 'SIGN_VERIFY' | 'ENCRYPT_DECRYPT' | 'KEY_AGREEMENT'
  /** As the service calls it. */
  name: string
}

const signing = (spec: string, name: string): Algorithm => ({ spec, usage: 'SIGN_VERIFY', name })
const decrypting = (name: string): Algorithm => ({ spec: 'RSA', usage: 'ENCRYPT_DECRYPT', name })
const agreeing: Algorithm = { spec: 'ECC_NIST_P256', usage: 'KEY_AGREEMENT', name: 'ECDH' }

const algorithms: Record<string, Algorithm> = {
  ES256: signing('ECC_NIST_P256', 'ECDSA_SHA_256'),
  ES384: signing('ECC_NIST_P384', 'ECDSA_SHA_384'),
  ES512: signing('ECC_NIST_P521', 'ECDSA_SHA_512'),
  RS256: signing('RSA', 'RSASSA_PKCS1_V1_5_SHA_256'),
  RS384: signing('RSA', 'RSASSA_PKCS1_V1_5_SHA_384'),
  RS512: signing('RSA', 'RSASSA_PKCS1_V1_5_SHA_512'),
  PS256: signing('RSA', 'RSASSA_PSS_SHA_256'),
  PS384: signing('RSA', 'RSASSA_PSS_SHA_384'),
  PS512: signing('RSA', 'RSASSA_PSS_SHA_512'),
  'RSA-OAEP': decrypting('RSAES_OAEP_SHA_1'),
  'RSA-OAEP-256': decrypting('RSAES_OAEP_SHA_256'),
  ...{ 'ECDH-ES': agreeing, 'ECDH-ES+A128KW': agreeing, 'ECDH-ES+A256KW': agreeing },
}

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

interface SignedRequest {
  region: string
  service: string
  /** In lower case, in the order of their names, with `host` and `x-amz-date`. */
  headers: Record<string, string>
  body: string
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** The header Authorization of a POST to the path `/`: Signature Version 4. */
export function signature4(
  { region, service, headers, body }: SignedRequest,
  { accessKeyId, secretAccessKey }: Credentials,
): string {
  const time = headers['x-amz-date'] ?? ''
  const day = time.slice(0, 8)
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const request = `POST\n/\n\n${lines.join('')}\n${names}\n${sha256(body)}`
  const credential = `${day}/${region}/${service}/aws4_request`
  const input = `AWS4-HMAC-SHA256\n${time}\n${credential}\n${sha256(request)}`
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, text) => hmac(secret, text),
    `AWS4${secretAccessKey}`,
  )
  const signature = hmac(key, input).toString('hex')
  const parts = [
    `Credential=${accessKeyId}/${credential}`,
    `SignedHeaders=${names}`,
    `Signature=${signature}`,
  ]
  return `AWS4-HMAC-SHA256 ${parts.join(', ')}`
}

interface ContainerCredentials {
  AccessKeyId: string
  SecretAccessKey: string
  Token: string
  Expiration: string
}

/** Where the credentials come from. */
function credentialsOf(options: Options, system: System): () => Promise<Credentials> {
  const { env } = process
  if (options['credentialFile'] !== undefined) {
    const file = option(options, 'credentialFile')
    return async () => JSON.parse(system.read(file).toString())
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (accessKeyId && secretAccessKey) {
    const { AWS_SESSION_TOKEN: sessionToken } = env
    const found = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
    return async () => found
  }
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
  const url = relative
    ? `http://169.254.170.2${relative}`
    : env['AWS_CONTAINER_CREDENTIALS_FULL_URI']
  if (!url) throw new ProviderError('refused', 'There are no credentials.')
  const tokenFile = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']
  const text = tokenSource(system, async () => {
    const headers = tokenFile ? { Authorization: system.read(tokenFile).toString().trim() } : {}
    const { body } = await ask<ContainerCredentials>(system, url, { headers })
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = body
    const found = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
    }
    return { token: JSON.stringify(found), endsAt: Date.parse(Expiration) }
  })
  return async () => JSON.parse(await text())
}

interface Failure {
  __type?: string
}

/** All failures of a caller have the status 400: these may pass. */
const passing =
  /Throttling|LimitExceeded|Internal|Timeout|AccessDenied|Unrecognized|Expired|Token|Signature|KeyUnavailable/

const failureOf = ({ body }: Answer<Failure>): string => body.__type?.split('#').at(-1) ?? ''

function succeeded<T>(answer: Answer<T>): T {
  if (answer.status === 200) return answer.body
  const failure = failureOf(answer as Answer<Failure>)
  const isFinal = answer.status === 400 && !passing.test(failure)
  const message = `AWS KMS answered with ${answer.status} ${failure.slice(0, 60)}`
  throw new ProviderError(isFinal ? 'refused' : 'unavailable', message)
}

export function createKeyProvider(options: Options, system: System): KeyProvider {
  const region = option(options, 'region')
  const endpoint = baseUrl(option(options, 'endpoint', `https://kms.${region}.amazonaws.com`))
  const pendingDays = Number(options['pendingDays'] ?? 7)
  const credentials = credentialsOf(options, system)

  async function call<T>(operation: string, parameters: object, signal?: AbortSignal) {
    const found = await credentials().catch((error: unknown) => {
      if (error instanceof ProviderError) throw error
      throw new ProviderError('unavailable', 'The credentials cannot be read.')
    })
    const body = JSON.stringify(parameters)
    const time = new Date(system.clock()).toISOString().replace(/[-:]|\.\d+/g, '')
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      host: new URL(endpoint).host,
      'x-amz-date': time,
      ...(found.sessionToken ? { 'x-amz-security-token': found.sessionToken } : {}),
      'x-amz-target': `TrentService.${operation}`,
    }
    const authorization = signature4({ region, service: 'kms', headers, body }, found)
    const { host: _, ...sent } = headers
    return ask<T>(system, `${endpoint}/`, {
      ...{ method: 'POST', body, headers: { ...sent, authorization } },
      ...(signal ? { signal } : {}),
    })
  }

  async function described(keyId: string): Promise<ProvidedKey | undefined> {
    type PublicKey = { KeyId: string; PublicKey: string } & Failure
    const answer = await call<PublicKey>('GetPublicKey', { KeyId: keyId })
    // A key that waits for its deletion has no public key either.
    if (/NotFound|InvalidState|Disabled/.test(failureOf(answer))) return undefined
    const { KeyId, PublicKey } = succeeded(answer)
    const key = Buffer.from(PublicKey, 'base64')
    return { reference: KeyId, publicJwk: publicJwkOf({ key, format: 'der', type: 'spki' }) }
  }

  const aliasOf = (handle: string) => `alias/${keyName(handle)}`

  return {
    algorithms: async () => Object.keys(algorithms),

    /** The service gives no key a name at once: one without its alias is left if this fails. */
    async create(handle: string, wanted: WantedKey) {
      const { spec, usage } = chosen(algorithms, wanted.alg)
      const there = await described(aliasOf(handle))
      if (there) return there
      const made = await call<{ KeyMetadata: { KeyId: string } }>(
        'CreateKey',
        {
          KeySpec: spec === 'RSA' ? `RSA_${modulusBitsOf(wanted)}` : spec,
          KeyUsage: usage,
          Description: `Postern ${wanted.alg} ${keyName(handle)}`,
        },
        patiently(),
      )
      const { KeyId } = succeeded(made).KeyMetadata
      succeeded(await call('CreateAlias', { AliasName: aliasOf(handle), TargetKeyId: KeyId }))
      const key = await described(KeyId)
      if (key) return key
      throw new ProviderError('unavailable', 'AWS KMS does not show a new key.')
    },

    find: (handle) => described(aliasOf(handle)),

    async sign(reference, alg, data) {
      const { name } = chosen(algorithms, alg)
      const answer = await call<{ Signature: string }>('Sign', {
        ...{ KeyId: reference, SigningAlgorithm: name, MessageType: 'DIGEST' },
        Message: digestOf(alg, data).toString('base64'),
      })
      return joseSignature(alg, Buffer.from(succeeded(answer).Signature, 'base64'))
    },

    async decrypt(reference, alg, encrypted) {
      const { name } = chosen(algorithms, alg)
      const answer = await call<{ Plaintext: string }>('Decrypt', {
        ...{ KeyId: reference, EncryptionAlgorithm: name },
        CiphertextBlob: Buffer.from(encrypted).toString('base64'),
      })
      return Buffer.from(succeeded(answer).Plaintext, 'base64')
    },

    async agree(reference, key) {
      const spki = createPublicKey({ key, format: 'jwk' }).export({ format: 'der', type: 'spki' })
      const answer = await call<{ SharedSecret: string }>('DeriveSharedSecret', {
        ...{ KeyId: reference, KeyAgreementAlgorithm: agreeing.name },
        PublicKey: spki.toString('base64'),
      })
      return Buffer.from(succeeded(answer).SharedSecret, 'base64')
    },

    async destroy(reference) {
      type Aliases = { Aliases: { AliasName: string }[] } & Failure
      const answer = await call<Aliases>('ListAliases', { KeyId: reference })
      if (failureOf(answer).startsWith('NotFound')) return
      for (const { AliasName } of succeeded(answer).Aliases) {
        succeeded(await call('DeleteAlias', { AliasName }))
      }
      const wanted = { KeyId: reference, PendingWindowInDays: pendingDays }
      const scheduled = await call<Failure>('ScheduleKeyDeletion', wanted)
      if (!/NotFound|InvalidState/.test(failureOf(scheduled))) succeeded(scheduled)
    },

    async check() {
      succeeded(await call('ListAliases', { Limit: 1 }))
    },
  }
}
