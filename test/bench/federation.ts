/** Relying parties of a federation, against an ordinary client that signs its requests, too. */
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { form, issuer, redirectUri } from '../support/flows.ts'
import { jwksOf, publicKey } from '../support/keys.ts'
import { type Cycle, expectAction } from './load.ts'

export interface SeededFederation {
  serviceId: number
  /** A client that the caller has registered. */
  clientId: number
}

const newKey = (kid: string) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }
}
const [anchorKey, entityKey, protocolKey] = ['anchor', 'entity', 'protocol'].map(newKey) as [
  ReturnType<typeof newKey>,
  ReturnType<typeof newKey>,
  ReturnType<typeof newKey>,
]
const anchor = 'https://anchor.example'
const keySet = (key: object) => JSON.parse(jwksOf(publicKey(key as never)))

/** What the service has beside the settings of all. */
export const federationSettings = {
  federationEnabled: true,
  supportedClientRegistrationTypes: ['AUTOMATIC'],
  authorityHints: [anchor],
  trustAnchors: [{ entityId: anchor, jwks: JSON.stringify(keySet(anchorKey)) }],
}

export const signingClient = {
  clientName: 'Bench client that signs',
  clientType: 'CONFIDENTIAL',
  tokenAuthMethod: 'PRIVATE_KEY_JWT',
  jwks: JSON.stringify(keySet(protocolKey)),
  redirectUris: [redirectUri],
  idTokenSignAlg: 'ES256',
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(jwk: object, header: object, claims: object): string {
  const { kid } = jwk as { kid: string }
  const text = `${encoded({ alg: 'ES256', kid, ...header })}.${encoded(claims)}`
  const key = createPrivateKey({ key: jwk as never, format: 'jwk' })
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
  return `${text}.${signature.toString('base64url')}`
}

const statementType = { typ: 'entity-statement+jwt' }

/** The configuration of a relying party directly below the anchor, and what the anchor states. */
function chainOf(id: string): string[] {
  const iat = Math.floor(Date.now() / 1_000)
  const times = { iat, exp: iat + 86_400 }
  const jwks = keySet(entityKey)
  const relyingParty = {
    redirect_uris: [redirectUri],
    response_types: ['code'],
    client_registration_types: ['automatic'],
    id_token_signed_response_alg: 'ES256',
    jwks: keySet(protocolKey),
  }
  const metadata = { openid_relying_party: relyingParty }
  const own = { iss: id, sub: id, ...times, jwks, authority_hints: [anchor], metadata }
  return [
    signed(entityKey, statementType, own),
    signed(anchorKey, statementType, { iss: anchor, sub: id, ...times, jwks }),
  ]
}

const requestOf = (id: string, header: object = {}) =>
  form({
    client_id: id,
    scope: 'openid profile',
    response_type: 'code',
    request: signed(protocolKey, header, {
      ...{ iss: id, aud: issuer, client_id: id, jti: randomUUID() },
      ...{ exp: Math.floor(Date.now() / 1_000) + 300, nonce: 'some-nonce', state: 'some-state' },
      ...{ response_type: 'code', scope: 'openid profile', redirect_uri: redirectUri },
    }),
  })

/** Authorization requests of a client that the caller has registered. */
export const signedRequests = ({ serviceId, clientId }: SeededFederation): Cycle => {
  const path = `/api/${serviceId}/auth/authorization`
  return async (sender) => {
    const parameters = requestOf(String(clientId))
    expectAction(await sender.post(path, { parameters }), 'INTERACTION')
  }
}

/** Of a relying party that registers by its first request, and is known afterwards. */
export const knownParty = ({ serviceId }: SeededFederation): Cycle => {
  const path = `/api/${serviceId}/auth/authorization`
  const id = `https://${randomUUID()}.example`
  let first: Promise<unknown> | undefined
  const register = async (post: (path: string, body: unknown) => Promise<string>) => {
    const parameters = requestOf(id, { trust_chain: chainOf(id) })
    expectAction(await post(path, { parameters }), 'INTERACTION')
  }
  return async (sender) => {
    first ??= register(sender.post)
    await first
    expectAction(await sender.post(path, { parameters: requestOf(id) }), 'INTERACTION')
  }
}

/** Each of a new relying party, whose trust chain comes with its request. */
export const newParties = ({ serviceId }: SeededFederation): Cycle => {
  const path = `/api/${serviceId}/auth/authorization`
  return async (sender) => {
    const id = `https://${randomUUID()}.example`
    const parameters = requestOf(id, { trust_chain: chainOf(id) })
    expectAction(await sender.post(path, { parameters }), 'INTERACTION')
  }
}
