/** Settings of a service whose frontend issues credentials, OpenID4VCI §12.2.4. */
import { grantTypes, scopes } from '../seed.ts'
import { type CertifiedKey, certifiedKey } from './certified-key.ts'

export const mdlType = 'org.iso.18013.5.1.mDL'
export const identityTypeOf = (frontend: string) => `${frontend}/vct/identity`

const configurationsOf = (frontend: string) => ({
  identity: {
    format: 'dc+sd-jwt',
    vct: identityTypeOf(frontend),
    scope: 'identity',
    cryptographic_binding_methods_supported: ['jwk'],
    credential_signing_alg_values_supported: ['ES256'],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
    credential_metadata: { display: [{ name: 'Identity', locale: 'en' }] },
  },
  mdl: {
    format: 'mso_mdoc',
    doctype: mdlType,
    scope: 'mdl',
    cryptographic_binding_methods_supported: ['cose_key'],
    credential_signing_alg_values_supported: [-7],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
    credential_metadata: { display: [{ name: 'Driving licence', locale: 'en' }] },
  },
})

const encryption = {
  credentialResponseEncryptionAlgValuesSupported: ['ECDH_ES'],
  credentialResponseEncryptionEncValuesSupported: ['A128GCM', 'A256GCM'],
  credentialResponseEncryptionZipValuesSupported: ['DEF'],
  credentialRequestEncryptionEncValuesSupported: ['A128GCM', 'A256GCM'],
  credentialRequestEncryptionZipValuesSupported: ['DEF'],
}

interface Issuer {
  settings: Record<string, unknown>
  attributes: { key: string; value: string }[]
  /** What verifiers trust. */
  root: string
}

/** Keys are new at each call. */
export async function credentialIssuer(frontend: string): Promise<Issuer> {
  const { key, root }: CertifiedKey = await certifiedKey(new URL(frontend).hostname)
  const requestKey = await newEncryptionKey()
  const settings = {
    verifiableCredentialsEnabled: true,
    oid4vciVersion: '1.0-Final',
    credentialJwks: JSON.stringify({ keys: [key] }),
    credentialJwksUri: `${frontend}/vci/jwks`,
    credentialDuration: 30 * 86_400,
    supportedGrantTypes: [...grantTypes, 'PRE_AUTHORIZED_CODE'],
    supportedAuthorizationDetailsTypes: ['openid_credential'],
    supportedScopes: [
      ...scopes,
      { name: 'identity', description: 'Put your identity into your wallet' },
      { name: 'mdl', description: 'Put your driving licence into your wallet' },
    ],
    userPinLength: 6,
    preAuthorizedGrantAnonymousAccessSupported: true,
    credentialIssuerMetadata: {
      credentialIssuer: frontend,
      credentialEndpoint: `${frontend}/credential`,
      deferredCredentialEndpoint: `${frontend}/deferred_credential`,
      nonceEndpoint: `${frontend}/nonce`,
      notificationEndpoint: `${frontend}/notification`,
      batchSize: 10,
      credentialsSupported: JSON.stringify(configurationsOf(frontend)),
      credentialRequestEncryptionJwks: JSON.stringify({ keys: [requestKey] }),
      ...encryption,
    },
  }
  const attributes = [
    { key: 'ext.vci.status', value: 'on' },
    { key: 'ext.vci.status.uri', value: `${frontend}/status/{list}` },
    { key: 'ext.vci.deferred.interval', value: '1' },
  ]
  return { settings, attributes, root }
}

async function newEncryptionKey() {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' }
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['deriveBits'])
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', privateKey)
  return { kty, crv, x, y, d, kid: 'requests-1', alg: 'ECDH-ES', use: 'enc' }
}
