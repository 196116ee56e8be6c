/** A credential issuer of tests, the keys of a wallet, and its proofs: OpenID4VCI §8.2, §F. */
import { generateKeyPairSync } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { authority, certificate, type TestCertificate } from './certificates.ts'
import { createService, type TestService } from './flows.ts'
import { jwksOf } from './keys.ts'
import type { Json, ServerOptions, TestServer } from './server.ts'

export const credentialIssuer = 'https://issuer.example.com'

/** The URL of an endpoint of the issuer. */
export const endpointOf = (name: string): string => `${credentialIssuer}/${name}`

const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** The root certificate of the signing key of credentials. */
export const issuerRoot: TestCertificate = authority('Issuer root')
const issuerCertificate = certificate({
  subject: [['CN', 'Credential issuer']],
  issuer: issuerRoot,
  names: { dns: [new URL(credentialIssuer).hostname] },
  key: keyPair(),
})

/** The signing key of credentials, with its certificate and the root. */
export const credentialKey: JWK = {
  ...(issuerCertificate.privateKey.export({ format: 'jwk' }) as JWK),
  kid: 'credential-es256',
  alg: 'ES256',
  use: 'sig',
  x5c: [issuerCertificate.base64, issuerRoot.base64],
}

export const diplomaType = 'https://credentials.example.com/diploma'
export const licenceType = 'org.iso.18013.5.1.mDL'

/** The configurations `diploma`, an SD-JWT VC, and `mdl`, an mdoc; scopes have the same names. */
export const configurations: Record<string, Json> = {
  diploma: {
    format: 'dc+sd-jwt',
    vct: diplomaType,
    scope: 'diploma',
    cryptographic_binding_methods_supported: ['jwk'],
    credential_signing_alg_values_supported: ['ES256'],
    proof_types_supported: {
      jwt: { proof_signing_alg_values_supported: ['ES256', 'EdDSA', 'PS256'] },
      attestation: { proof_signing_alg_values_supported: ['ES256'] },
    },
    credential_metadata: { display: [{ name: 'Diploma', locale: 'en' }] },
  },
  mdl: {
    format: 'mso_mdoc',
    doctype: licenceType,
    scope: 'mdl',
    cryptographic_binding_methods_supported: ['cose_key'],
    credential_signing_alg_values_supported: [-7],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
  },
}

/** The metadata of the issuer; `more` replaces members. */
export const issuerMetadata = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  credentialIssuer,
  credentialEndpoint: endpointOf('credential'),
  deferredCredentialEndpoint: endpointOf('deferred_credential'),
  nonceEndpoint: endpointOf('nonce'),
  batchSize: 10,
  credentialsSupported: JSON.stringify(configurations),
  ...more,
})

/** A service that issues `diploma` and `mdl`; `metadata` replaces members of its metadata. */
export function createIssuer(
  more: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
  given: TestServer | ServerOptions = {},
): Promise<TestService> {
  const settings = {
    verifiableCredentialsEnabled: true,
    credentialJwks: jwksOf(credentialKey),
    credentialIssuerMetadata: issuerMetadata(metadata),
    supportedScopes: ['openid', 'offline_access', 'read', 'diploma', 'mdl'].map((name) => ({
      name,
    })),
  }
  return createService({ ...settings, ...more }, given)
}

/** An access token for the user `alice` that may obtain the credentials of its scopes. */
export async function obtainCredentialToken(
  service: TestService,
  client: Json,
  more: Record<string, unknown> = {},
): Promise<string> {
  const created = await service.api('/auth/token/create', {
    grantType: 'AUTHORIZATION_CODE',
    clientId: client.clientId,
    subject: 'alice',
    scopes: ['diploma', 'mdl'],
    // Otherwise a token that is bound to no key lives for five minutes, OpenID4VCI §13.10.
    accessTokenDuration: 86_400,
    ...more,
  })
  if (created.action !== 'OK') throw new Error(created.resultMessage)
  return created.accessToken
}

/** A key of a wallet, which credentials are bound to. */
export interface WalletKey {
  alg: string
  privateKey: CryptoKey
  publicJwk: JWK
}

export async function walletKey(alg = 'ES256'): Promise<WalletKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, publicJwk: await exportJWK(publicKey) }
}

interface JwtOptions {
  /** Milliseconds since the epoch. */
  now: number
  nonce?: string | undefined
  /** Members to add or replace; those that are undefined are left out. */
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
}

/** A proof of the type `jwt`, OpenID4VCI §F.1. */
export function makeProof(
  key: WalletKey,
  clientId: string | number | undefined,
  { now, nonce, claims = {}, header = {} }: JwtOptions,
): Promise<string> {
  return new SignJWT({
    ...(clientId === undefined ? {} : { iss: String(clientId) }),
    aud: credentialIssuer,
    iat: Math.floor(now / 1000),
    nonce,
    ...claims,
  })
    .setProtectedHeader({
      typ: 'openid4vci-proof+jwt',
      alg: key.alg,
      jwk: key.publicJwk,
      ...header,
    })
    .sign(key.privateKey)
}

/** A key attestation, OpenID4VCI §D.1, signed by a key or by the key of a certificate. */
export function makeKeyAttestation(
  attested: readonly JWK[],
  signer: { alg?: string; privateKey: Parameters<SignJWT['sign']>[0] },
  { now, nonce, claims = {}, header = {} }: JwtOptions,
): Promise<string> {
  const seconds = Math.floor(now / 1000)
  return new SignJWT({
    iat: seconds,
    exp: seconds + 600,
    attested_keys: attested,
    nonce,
    ...claims,
  })
    .setProtectedHeader({ typ: 'key-attestation+jwt', alg: signer.alg ?? 'ES256', ...header })
    .sign(signer.privateKey)
}

/** A nonce of the nonce endpoint, OpenID4VCI §7. */
export const fetchNonce = async (service: TestService): Promise<string> =>
  (await service.api('/vci/nonce', {})).cnonce

/** The JSON text of a credential request for the configuration `diploma`, with proofs. */
export const credentialRequest = (
  proofs: readonly string[],
  more: Record<string, unknown> = {},
): string =>
  JSON.stringify({
    credential_configuration_id: 'diploma',
    ...(proofs.length > 0 ? { proofs: { jwt: proofs } } : {}),
    ...more,
  })
