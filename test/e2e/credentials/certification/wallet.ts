/** What a wallet of certification does: tokens, proofs, and credential requests. */
import {
  CompactEncrypt,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose'
import * as oauth from 'oauth4webapi'
import { type Party, push, redirectUri } from '../../fapi.ts'
import { answerOf, type Plan, visit } from './plan.ts'

/** A token response, and whose it is. */
export interface Granted {
  by: Party
  id: string
  tokens: oauth.TokenEndpointResponse
}

/** An offer of the frontend's page, as it arrives at a wallet, OpenID4VCI §4.1. */
export async function offerOf(plan: Plan, id: string) {
  const { user, world, send, start } = plan
  const page = { ...(await user.walk(`${world.issuer}/offers`)), status: 200 }
  const isPreAuthorized = start === 'pre-authorized'
  const form = isPreAuthorized
    ? { grant: 'pre-authorized', code: 'yes' }
    : { grant: 'authorization_code', wallet: redirectUri }
  const end = await user.browser.submit(page, { configuration: id, ...form })
  const link = / href="openid-credential-offer:[^"?]*\?([^"]*)"/.exec(end.text)?.[1] ?? ''
  const query = isPreAuthorized
    ? new URLSearchParams(link.replaceAll('&amp;', '&'))
    : new URL(end.url).searchParams
  const response = await send(query.get('credential_offer_uri') ?? '')
  // biome-ignore lint/suspicious/noExplicitAny: read as the wallet reads it
  const offer = (await response.json()) as Record<string, any>
  return { offer, response, code: / id="code">(\d+)</.exec(end.text)?.[1] }
}

/** A pushed request with PKCE, RFC 9126 §2.1, or a token request with a pre-authorized code. */
export async function firstRequest(plan: Plan, by: Party, id: string): Promise<Response> {
  if (plan.start === 'pre-authorized') return (await preAuthorized(plan, by, id))()
  const { parameters } = await codeRequest(plan, id)
  return oauth.pushedAuthorizationRequest(by.as, by.client, by.auth, parameters, by.sending)
}

const preAuthorizedType = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

async function preAuthorized(plan: Plan, { as, client, auth, sending }: Party, id: string) {
  const { offer, code = '' } = await offerOf(plan, id)
  const { 'pre-authorized_code': granted } = offer['grants'][preAuthorizedType]
  const parameters = { 'pre-authorized_code': granted, tx_code: code }
  return () =>
    oauth.genericTokenEndpointRequest(as, client, auth, preAuthorizedType, parameters, sending)
}

async function codeRequest(plan: Plan, id: string) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const offered = plan.start === 'issuer_state' ? (await offerOf(plan, id)).offer : undefined
  const parameters: Record<string, string> = {
    ...{ response_type: 'code', redirect_uri: redirectUri, scope: id, state },
    ...{ code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    ...(offered ? { issuer_state: offered['grants'].authorization_code.issuer_state } : {}),
  }
  return { parameters, verifier, state }
}

/** A token for a credential, by the grant of the plan. */
export async function obtainToken(plan: Plan, by = plan.wallet, id: string = plan.credential) {
  const { as, client, auth, sending } = by
  if (plan.start === 'pre-authorized') {
    const response = await (await preAuthorized(plan, by, id))()
    return { by, id, tokens: await oauth.processGenericTokenEndpointResponse(as, client, response) }
  }
  const { parameters, verifier, state } = await codeRequest(plan, id)
  const request_uri = await push(by, { client_id: client.client_id, ...parameters })
  const end = await visit(plan, by, { request_uri })
  const answer = oauth.validateAuthResponse(as, client, end, state)
  const response = await oauth.authorizationCodeGrantRequest(
    ...([as, client, auth, answer, redirectUri, verifier, sending] as const),
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response)
  return { by, id, tokens }
}

export async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return exportJWK(privateKey)
}

export const publicHalf = ({ d: _, ...jwk }: JWK): JWK => jwk

export async function newNonce({ metadata, send }: Plan): Promise<string> {
  const response = await send(metadata['nonce_endpoint'], { method: 'POST' })
  return ((await response.json()) as { c_nonce: string }).c_nonce
}

/** A proof of possession of the type `jwt`, OpenID4VCI §F.1. */
export const proofOf = async (
  { world }: Plan,
  { by }: Granted,
  key: JWK,
  nonce: string,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT({ nonce })
    .setProtectedHeader({
      ...{ alg: 'ES256', typ: 'openid4vci-proof+jwt', jwk: publicHalf(key), ...header },
    })
    .setIssuer(by.client.client_id)
    .setAudience(world.issuer)
    .setIssuedAt()
    .sign(await importJWK(key, 'ES256'))

/** A request with a new nonce and a proof for each key; `more` replaces members. */
export async function requestFor(
  plan: Plan,
  granted: Granted,
  keys: readonly JWK[],
  more: Record<string, unknown> = {},
) {
  const nonce = await newNonce(plan)
  const jwt = await Promise.all(keys.map((key) => proofOf(plan, granted, key, nonce)))
  return { ...wanted(granted), proofs: { jwt }, ...more }
}

/** OpenID4VCI §8.2: by the identifier that the token response names, or else by configuration. */
export function wanted({ id, tokens }: Granted) {
  const [detail] = tokens.authorization_details ?? []
  const [identifier] = (detail?.['credential_identifiers'] ?? []) as string[]
  return identifier === undefined
    ? { credential_configuration_id: id }
    : { credential_identifier: identifier }
}

interface Sent {
  encrypted?: boolean
  /** Members of the key for the response. */
  responseKey?: Record<string, unknown>
  headers?: Record<string, string>
}

/** Sends a credential request, and decrypts the response: OpenID4VCI §8 and §10. */
export async function ask(plan: Plan, granted: Granted, request: object, how: Sent = {}) {
  const { encrypted = plan.encrypted, responseKey = {}, headers = {} } = how
  if (!encrypted) return call(plan, granted, 'credential_endpoint', request, headers)
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'response', alg: 'ECDH-ES', ...responseKey }
  const body = { ...request, credential_response_encryption: { jwk, enc: 'A256GCM' } }
  const sent = { 'Content-Type': 'application/jwt', ...headers }
  const text = await encryptedFor(plan, body)
  const answer = await call(plan, granted, 'credential_endpoint', text, sent)
  if (!answer.type.startsWith('application/jwt')) return { ...answer, isEncrypted: false }
  const { plaintext } = await compactDecrypt(answer.text, privateKey)
  return { ...answer, text: Buffer.from(plaintext).toString(), isEncrypted: true }
}

async function encryptedFor({ metadata }: Plan, body: object): Promise<string> {
  const [key] = metadata['credential_request_encryption'].jwks.keys as JWK[]
  const { alg = '', kid = '' } = key ?? {}
  return new CompactEncrypt(Buffer.from(JSON.stringify(body)))
    .setProtectedHeader({ alg, kid, enc: 'A128GCM' })
    .encrypt(await importJWK(key ?? {}, alg))
}

/** A request with the token and a DPoP proof, to an endpoint of the metadata or to a URL. */
export async function call(
  { metadata }: Plan,
  { by, tokens }: Granted,
  endpoint: string,
  body: object | string,
  headers: Record<string, string> = {},
) {
  const url = new URL(metadata[endpoint] ?? endpoint)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all = new Headers({ 'Content-Type': 'application/json', ...headers })
  const { sending } = by
  const request = () =>
    oauth.protectedResourceRequest(tokens.access_token, 'POST', url, all, text, sending)
  return { ...(await answerOf(request())), isEncrypted: false }
}
