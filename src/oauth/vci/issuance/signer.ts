/** The key that signs a credential, and its certificates. */
import { fitsSignatureAlgorithm } from '../../../jose/key-set.ts'
import type { SigningKey } from '../../../jose/keys.ts'
import { asymmetricAlgorithms } from '../../../jose/signature-algorithm.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { readChain } from '../../../x509/certified-key.ts'
import type { CredentialConfiguration } from '../configuration.ts'
import { publishedChain } from '../published-chain.ts'
import type { Validity } from './times.ts'

const rules = defineRules('Signing key of credentials', {
  missing: {
    code: 'P128003',
    error: 'invalid_request',
    spec: 'OpenID4VCI §12.2.4',
    message:
      'No key in credentialJwks has the signingKeyId of the order, if it has one, and an algorithm of credential_signing_alg_values_supported.',
    fix: 'Add a private key for the algorithm to the credential keys, or pass another `signingKeyId`.',
    settings: ['service.credentialJwks', 'service.credentialIssuerMetadata'],
  },
  noCertificate: {
    code: 'P128004',
    error: 'server_error',
    spec: 'ISO 18013-5 §9.1.2.4',
    message: 'The signing key of an mdoc requires a certificate: set the x5c of the key.',
    fix: 'Add the certificate of the key to its `x5c`.',
    settings: ['service.credentialJwks'],
  },
})

/** RFC 9053 §2.1 and RFC 9864 §2.2. */
const coseAlgorithms: ReadonlyMap<string | number, string> = new Map([
  [-7, 'ES256'],
  [-9, 'ES256'],
  [-35, 'ES384'],
  [-51, 'ES384'],
  [-36, 'ES512'],
  [-52, 'ES512'],
  [-8, 'EdDSA'],
  [-19, 'Ed25519'],
])

export interface Signer {
  readonly key: SigningKey
  /** The JWS algorithm. */
  readonly alg: string
  /** As the configuration has it: for an mdoc, the number of the COSE algorithm. */
  readonly listed: string | number
}

/** The named key, else the first one, with an algorithm that the configuration lists. */
export function chooseSigner(
  keys: readonly SigningKey[],
  configuration: CredentialConfiguration,
  keyId: string | undefined,
): Signer {
  const algorithms = algorithmsOf(configuration)
  for (const key of keys) {
    if (keyId && key.jwk.kid !== keyId) continue
    const fitting = algorithms.find(({ alg }) => fitsSignatureAlgorithm(key.jwk, alg, 'sign'))
    if (fitting) return { key, ...fitting }
  }
  return refuse(rules.missing, keyId?.slice(0, 100))
}

/** Without a list in the configuration, every algorithm of the format. */
function algorithmsOf({ format, algorithms }: CredentialConfiguration): Omit<Signer, 'key'>[] {
  if (format === 'mso_mdoc') {
    const listed = algorithms.length > 0 ? algorithms : [-7, -35, -36]
    return listed.flatMap((each) => {
      const alg = coseAlgorithms.get(each)
      return alg === undefined ? [] : [{ alg, listed: each }]
    })
  }
  const listed = algorithms.length > 0 ? algorithms : asymmetricAlgorithms
  return listed.map((each) => ({ alg: String(each), listed: each }))
}

export interface SignerChain extends Validity {
  /** DER, without the trust anchor. */
  readonly certificates: readonly Buffer[]
}

/** Kept for as long as the key lives, which is as long as the document of the service does. */
const known = new WeakMap<SigningKey, SignerChain>()

export function chainOf(key: SigningKey): SignerChain {
  const kept = known.get(key)
  if (kept) return kept
  const published = publishedChain(key.jwk.x5c)
  const read = readChain(published)
  const leaf = Array.isArray(read) ? read[0] : undefined
  if (!leaf) refuse(rules.noCertificate, key.jwk.kid)
  const chain = {
    certificates: (published ?? []).map((each) => Buffer.from(each, 'base64')),
    // The certificate begins within its first second, so it is valid from the next one on.
    notBefore: Math.ceil(Date.parse(leaf.validFrom) / 1000),
    notAfter: Math.floor(Date.parse(leaf.validTo) / 1000),
  }
  known.set(key, chain)
  return chain
}
