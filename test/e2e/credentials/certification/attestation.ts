/** Client attestations and key attestations of a wallet provider, as they are and with faults. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { ClientAuth } from 'oauth4webapi'
import { authority, certificate } from '../../../support/certificates.ts'

const seconds = () => Math.floor(Date.now() / 1000)
const day = 86_400_000
const validity = { from: Date.now() - day, to: Date.now() + 30 * day }

const root = authority('Wallet provider root', validity)
const provider = certificate({ ...validity, subject: [['CN', 'Wallet provider']], issuer: root })
const header = { alg: 'ES256', x5c: [provider.base64] }

/** The certificate that issuers trust, in PEM. */
export const providerRoot = root.pem

/** What is wrong with an attestation or with its proof of possession. */
export interface Fault {
  claims?: Record<string, unknown>
  proofClaims?: Record<string, unknown>
  /** The attestation has the signature of other content. */
  signature?: 'invalid'
  proofSignature?: 'invalid'
  /** The proof is signed by a key that is not attested. */
  proofKey?: 'other'
}

/** Other bits in the middle of the signature. */
export function withInvalidSignature(jwt: string): string {
  const [head, payload, signature = ''] = jwt.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x5a
  return `${head}.${payload}.${bytes.toString('base64url')}`
}

/** An instance of a wallet: authenticates by a client attestation, draft 07 §6. */
export async function attestedInstance(issuer: string): Promise<(fault?: Fault) => ClientAuth> {
  const [instance, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')])
  const jwk = await exportJWK(instance.publicKey)
  return (fault = {}) =>
    async (_as, { client_id: id }, body, headers) => {
      const iat = seconds()
      const attestation = await new SignJWT({
        ...{ iss: 'https://wallet.example.org', sub: id, iat, exp: iat + 600 },
        ...{ cnf: { jwk }, ...fault.claims },
      })
        .setProtectedHeader({ ...header, typ: 'oauth-client-attestation+jwt' })
        .sign(provider.privateKey)
      const proof = await new SignJWT({
        ...{ iss: id, aud: issuer, jti: crypto.randomUUID(), iat, ...fault.proofClaims },
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'oauth-client-attestation-pop+jwt' })
        .sign(fault.proofKey ? other.privateKey : instance.privateKey)
      const sent = fault.signature ? withInvalidSignature(attestation) : attestation
      body.set('client_id', id)
      headers.set('OAuth-Client-Attestation', sent)
      const sentProof = fault.proofSignature ? withInvalidSignature(proof) : proof
      headers.set('OAuth-Client-Attestation-PoP', sentProof)
    }
}

/** A key attestation, OpenID4VCI §D.1. */
export const keyAttestation = (keys: readonly JWK[], nonce: string): Promise<string> =>
  new SignJWT({ iat: seconds(), exp: seconds() + 600, attested_keys: keys, nonce })
    .setProtectedHeader({ ...header, typ: 'key-attestation+jwt' })
    .sign(provider.privateKey)
