/** A wallet, made with `@openid4vc/openid4vci`: it redeems offers, and proves its keys. */
import { createHash, randomBytes } from 'node:crypto'
import { Openid4vciClient, setGlobalConfig } from '@openid4vc/openid4vci'
import {
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'

export type Issuer = Awaited<ReturnType<Openid4vciClient['resolveIssuerMetadata']>>
export type Offer = Awaited<ReturnType<Openid4vciClient['resolveCredentialOffer']>>

export interface Issued {
  credentials: string[]
  /** The private keys that the credentials are bound to, in their order. */
  keys: JWK[]
  notificationId: string | undefined
  /** Set if the credentials come later. */
  transactionId: string | undefined
}

interface Wanted {
  issuer: Issuer
  accessToken: string
  configurationId: string
  /** How many credentials, each for another key. */
  count?: number
}

const alg = 'ES256'
const unused = () => {
  throw new Error('This wallet does not need that.')
}

/** Without a client id, the wallet stays anonymous, OpenID4VCI §6.1. */
export function createWallet(clientId?: string) {
  // The demo runs on the loopback interface, without TLS.
  setGlobalConfig({ allowInsecureUrls: true })
  const known = new Map<string, CryptoKey>()
  const client = new Openid4vciClient({
    callbacks: {
      hash: (data, name) => createHash(name.replace('-', '')).update(data).digest(),
      generateRandom: (length) => randomBytes(length),
      clientAuthentication({ body }) {
        if (clientId !== undefined) body['client_id'] = clientId
      },
      async signJwt(signer, { header, payload }) {
        if (signer.method !== 'jwk') return unused()
        const key = known.get(signer.publicJwk.x ?? '') ?? unused()
        const own = { ...(header as JWTHeaderParameters), alg }
        const jwt = await new SignJWT(payload as JWTPayload).setProtectedHeader(own).sign(key)
        return { jwt, signerJwk: signer.publicJwk }
      },
      ...{ verifyJwt: unused, decryptJwe: unused, encryptJwe: unused },
    },
  })

  async function newKey(): Promise<{ publicJwk: JWK & { kty: string }; privateJwk: JWK }> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const publicJwk = await exportJWK(publicKey)
    known.set(publicJwk.x ?? '', privateKey)
    return { publicJwk: { ...publicJwk, kty: 'EC' }, privateJwk: await exportJWK(privateKey) }
  }

  /** Proofs of new keys, all with one nonce: OpenID4VCI §8.2.1.1. */
  async function newProofs({ issuer, configurationId, count = 1 }: Wanted) {
    const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata: issuer })
    const keys = await Promise.all(Array.from({ length: count }, newKey))
    const jwts = keys.map(({ publicJwk }) =>
      client.createCredentialRequestJwtProof({
        ...{ issuerMetadata: issuer, credentialConfigurationId: configurationId, nonce },
        ...(clientId === undefined ? {} : { clientId }),
        signer: { method: 'jwk', publicJwk, alg },
      }),
    )
    const proofs = (await Promise.all(jwts)).map(({ jwt }) => jwt)
    return { proofs, keys: keys.map(({ privateJwk }) => privateJwk) }
  }

  return {
    client,
    newProofs,

    async resolve(link: string): Promise<{ offer: Offer; issuer: Issuer }> {
      const offer = await client.resolveCredentialOffer(link)
      return { offer, issuer: await client.resolveIssuerMetadata(offer.credential_issuer) }
    },

    /** The access token of a pre-authorized code, OpenID4VCI §6.1. */
    async redeem(offer: Offer, issuer: Issuer, txCode?: string): Promise<string> {
      const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
        ...{ credentialOffer: offer, issuerMetadata: issuer },
        ...(txCode === undefined ? {} : { txCode }),
      })
      return accessTokenResponse.access_token
    },

    async obtain(wanted: Wanted): Promise<Issued> {
      const { issuer, accessToken, configurationId } = wanted
      const { proofs, keys } = await newProofs(wanted)
      const { credentialResponse: issued } = await client.retrieveCredentials({
        ...{ issuerMetadata: issuer, accessToken, proofs: { jwt: proofs as [string] } },
        credentialConfigurationId: configurationId,
      })
      return { ...readResponse(issued), keys }
    },
  }
}

interface CredentialResponse {
  credentials?: unknown[] | undefined
  notification_id?: string | undefined
  transaction_id?: string | undefined
}

/** OpenID4VCI §8.3. */
export function readResponse(response: CredentialResponse): Omit<Issued, 'keys'> {
  const { credentials = [], notification_id, transaction_id } = response
  return {
    credentials: (credentials as { credential: string }[]).map(({ credential }) => credential),
    notificationId: notification_id,
    transactionId: transaction_id,
  }
}
