/** A credential issuer, and wallets that obtain credentials: nonce, request, and issuance. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { authority, certificate } from '../support/certificates.ts'
import { issuer } from '../support/flows.ts'
import { jwksOf } from '../support/keys.ts'
import { type Cycle, expectAction } from './load.ts'

export interface SeededIssuer {
  serviceId: number
  token: string
}

const batchSize = 100
const root = authority('Bench root')
/** Valid whenever the bench is run. */
const signer = certificate({ issuer: root, from: Date.UTC(2025, 0, 1), to: Date.UTC(2049, 0, 1) })
const proofTypes = { jwt: { proof_signing_alg_values_supported: ['ES256'] } }
const configurations = {
  diploma: {
    ...{ format: 'dc+sd-jwt', vct: `${issuer}/diploma`, scope: 'diploma' },
    credential_signing_alg_values_supported: ['ES256'],
    cryptographic_binding_methods_supported: ['jwk'],
    proof_types_supported: proofTypes,
  },
  mdl: {
    ...{ format: 'mso_mdoc', doctype: 'org.iso.18013.5.1.mDL', scope: 'mdl' },
    credential_signing_alg_values_supported: [-7],
    cryptographic_binding_methods_supported: ['cose_key'],
    proof_types_supported: proofTypes,
  },
}

/** What the service has beside the settings of all. */
export const issuerSettings = {
  verifiableCredentialsEnabled: true,
  credentialJwks: jwksOf({
    ...signer.privateKey.export({ format: 'jwk' }),
    ...{ kid: 'credential', alg: 'ES256', use: 'sig', x5c: [signer.base64] },
  }),
  credentialIssuerMetadata: {
    credentialIssuer: issuer,
    credentialEndpoint: `${issuer}/credential`,
    nonceEndpoint: `${issuer}/nonce`,
    batchSize,
    credentialsSupported: JSON.stringify(configurations),
  },
  supportedScopes: Object.keys(configurations).map((name) => ({ name })),
}

/** For a token that lives as long as the bench does. */
export const tokenRequest = {
  ...{ grantType: 'AUTHORIZATION_CODE', subject: 'alice', accessTokenDuration: 86_400 },
  scopes: Object.keys(configurations),
}

const claims = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`claim_${at}`, `value ${at}`]))
const payloads = {
  diploma: JSON.stringify(claims(20)),
  mdl: JSON.stringify({ claims: { 'org.iso.18013.5.1': claims(25) } }),
}

interface Wallet {
  privateKey: KeyObject
  header: string
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function wallet(): Wallet {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  return { privateKey, header: encoded({ typ: 'openid4vci-proof+jwt', alg: 'ES256', jwk }) }
}

function proof({ privateKey, header }: Wallet, nonce: unknown): string {
  const payload = { aud: issuer, iat: Math.floor(performance.timeOrigin / 1000), nonce }
  const text = `${header}.${encoded(payload)}`
  const options = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${text}.${sign('sha256', Buffer.from(text), options).toString('base64url')}`
}

/** Credentials for so many keys in one response. */
export function credentialCycle(
  { serviceId, token: accessToken }: SeededIssuer,
  configurationId: 'diploma' | 'mdl',
  count: number,
): Cycle {
  const wallets = Array.from({ length: count }, wallet)
  return async (sender) => {
    const call = async (operation: string, body: unknown) =>
      expectAction(await sender.post(`/api/${serviceId}/vci/${operation}`, body), 'OK')
    const { cnonce } = await call('nonce', {})
    const request = {
      credential_configuration_id: configurationId,
      proofs: { jwt: wallets.map((each) => proof(each, cnonce)) },
    }
    const requestContent = JSON.stringify(request)
    const { info } = await call('single/parse', { accessToken, requestContent })
    const { identifier: requestIdentifier } = info as { identifier: string }
    const credentialPayload = payloads[configurationId]
    const order = { requestIdentifier, credentialPayload, credentialDuration: 86_400 }
    await call('single/issue', { accessToken, order })
  }
}
