/** Services and clients for FAPI tests, by `oauth4webapi`. */
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { createFormBrowser } from '../../examples/demo/form-browser.ts'
import { fetchWith, type KeyPair, type Send, serverTls } from './tls.ts'
import { createUser, startWorld, type World } from './world.ts'

export const redirectUri = 'https://client.example.org/callback'

export type Alg = 'ES256' | 'PS256'

/** The algorithms of FAPI; a service has a key for each. */
export const algs: readonly Alg[] = ['ES256', 'PS256']

export interface SigningKey {
  key: CryptoKey
  kid: string
  jwk: JWK
  publicJwk: JWK
}

export async function signingKey(alg: string, kid = `${alg.toLowerCase()}-1`): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true })
  const [own, shown] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)])
  const about = { kid, alg, use: 'sig' }
  return { key: pair.privateKey, kid, jwk: { ...own, ...about }, publicJwk: { ...shown, ...about } }
}

/** Settings of FAPI 2.0, each set explicitly, so that no test depends on the mode alone. */
export const fapi2Service = {
  fapiModes: ['FAPI2_SECURITY'],
  parRequired: true,
  pkceRequired: true,
  pkceS256Required: true,
  clientAssertionAudRestrictedToIssuer: true,
  authorizationCodeDuration: 60,
  refreshTokenKept: true,
  supportedGrantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
  supportedResponseTypes: ['CODE'],
  supportedTokenAuthMethods: ['PRIVATE_KEY_JWT', 'TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH'],
  supportedRevocationAuthMethods: ['PRIVATE_KEY_JWT'],
}

/** A frontend with TLS, and its service. */
export async function startFapiWorld(
  service: Record<string, unknown>,
  more: Parameters<typeof startWorld>[0] = {},
): Promise<World> {
  const keys = (await Promise.all(algs.map((alg) => signingKey(alg)))).map(({ jwk }) => jwk)
  const settings = { jwks: JSON.stringify({ keys }), ...service }
  return startWorld({ service: settings, tls: serverTls, ...more })
}

/** Options of requests: a fetch for the connection, and a DPoP key. */
export interface Sending {
  [oauth.customFetch]: Send
  DPoP?: oauth.DPoPHandle
}

/** A registered client, and what it needs to make requests. */
export interface Party {
  as: oauth.AuthorizationServer
  client: oauth.Client
  signing: SigningKey
  auth: oauth.ClientAuth
  sending: Sending
}

interface PartyOptions {
  alg?: Alg
  dpop?: boolean
  /** The certificate of its connections. */
  certificate?: KeyPair
  /** Its metadata at Postern. */
  more?: Record<string, unknown>
}

export async function register(world: World, options: PartyOptions = {}): Promise<Party> {
  const { alg = 'ES256', dpop = false, certificate, more } = options
  const signing = await signingKey(alg)
  const { clientId } = await world.client(
    {
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      tokenAuthSignAlg: alg,
      idTokenSignAlg: alg,
      jwks: JSON.stringify({ keys: [signing.publicJwk] }),
      dpopRequired: dpop,
      tlsClientCertificateBoundAccessTokens: certificate !== undefined,
      ...more,
    },
    redirectUri,
  )
  const connection = { [oauth.customFetch]: fetchWith(certificate) }
  const issuer = new URL(world.issuer)
  const as = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, connection),
  )
  const client = { client_id: clientId, id_token_signed_response_alg: alg }
  const sending = dpop ? { ...connection, DPoP: await dpopHandle(client) } : connection
  return { as, client, signing, auth: oauth.PrivateKeyJwt(signing), sending }
}

export const dpopHandle = async (client: oauth.Client, alg: Alg = 'ES256') =>
  oauth.DPoP(client, await oauth.generateKeyPair(alg))

/** Repeats a request if the server requires a DPoP nonce, RFC 9449 §8. */
export async function withNonce<T>(
  request: () => Promise<Response>,
  process: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    return await process(await request())
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return process(await request())
  }
}

/** An authorization request: its parameters, and the secrets that the client keeps. */
export async function codeRequest({ client }: Party, more: Record<string, string> = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const parameters: Record<string, string> = {
    ...{ client_id: client.client_id, redirect_uri: redirectUri, response_type: 'code' },
    ...{ scope: 'openid offline_access', state, nonce, code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    ...more,
  }
  return { parameters, verifier, state, nonce }
}

/** Pushes the request and returns the `request_uri`, RFC 9126 §2. */
export async function push(
  { as, client, auth, sending }: Party,
  parameters: Record<string, string>,
): Promise<string> {
  const pushed = await withNonce(
    () => oauth.pushedAuthorizationRequest(as, client, auth, parameters, sending),
    (response) => oauth.processPushedAuthorizationResponse(as, client, response),
  )
  return pushed.request_uri
}

/** A browser that trusts the frontend, and stops at the client. */
export const createBrowser = () => createFormBrowser(redirectUri, fetchWith())

/** The last URL of the browser after alice has logged in and consented. */
export async function visit({ as }: Party, parameters: Record<string, string>) {
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams(parameters).toString()
  const { shown, ...end } = await createUser(undefined, createBrowser()).walk(url)
  const isError = shown.some((page) => page.startsWith('error'))
  const answer = isError ? new URLSearchParams() : answerIn(end.url)
  const error = isError ? plain(end.text) : answer.get('error')
  return { url: new URL(end.url), error: error as string | null }
}

/** The parameters of a response, from the query or the fragment. */
export function answerIn(url: string): URLSearchParams {
  const { hash, searchParams } = new URL(url)
  return hash ? new URLSearchParams(hash.slice(1)) : searchParams
}

/** What an error page shows: the error code. */
const plain = (page: string) =>
  (/<pre>(.*)<\/pre>/s.exec(page)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&#39;', "'")

/** From a pushed request to a validated response with a code. */
export async function obtainCode(party: Party, more: Record<string, string> = {}) {
  const { as, client } = party
  const { parameters, ...kept } = await codeRequest(party, more)
  const request_uri = await push(party, parameters)
  const { url } = await visit(party, { client_id: client.client_id, request_uri })
  const answer = oauth.validateAuthResponse(as, client, url, kept.state)
  return { ...kept, answer, request_uri }
}

/** Redeems the code, RFC 6749 §4.1.3. The library verifies the ID Token and its signature. */
export function redeem(
  { as, client, auth, sending }: Party,
  granted: { answer: URLSearchParams; verifier: string | typeof oauth.nopkce; nonce: string },
  processing: oauth.ProcessAuthorizationCodeResponseOptions = {},
): Promise<oauth.TokenEndpointResponse> {
  const { answer, verifier, nonce } = granted
  return withNonce(
    () =>
      oauth.authorizationCodeGrantRequest(
        ...([as, client, auth, answer, redirectUri, verifier, sending] as const),
      ),
    async (response) => {
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
        ...{ expectedNonce: nonce, requireIdToken: true },
        ...processing,
      })
      await oauth.validateApplicationLevelSignature(as, response, sending)
      return tokens
    },
  )
}

export function refresh(
  { as, client, auth, sending }: Party,
  refreshToken = '',
): Promise<oauth.TokenEndpointResponse> {
  return withNonce(
    () => oauth.refreshTokenGrantRequest(as, client, auth, refreshToken, sending),
    (response) => oauth.processRefreshTokenResponse(as, client, response),
  )
}

/** Calls the protected resource of the frontend. */
export function callResource(
  { as, sending }: Pick<Party, 'as' | 'sending'>,
  accessToken: string,
  method = 'GET',
): Promise<Response> {
  const url = new URL('/resource', as.issuer)
  const request = () =>
    oauth.protectedResourceRequest(accessToken, method, url, undefined, undefined, sending)
  return request().catch((error) =>
    oauth.isDPoPNonceError(error) ? request() : Promise.reject(error),
  )
}

/** The error of a response: a 401 has it in the body, next to a challenge, RFC 6749 §5.2. */
export async function refusalOf(refused: Promise<unknown>) {
  const error = await refused.then(() => undefined).catch((thrown: unknown) => thrown)
  if (error instanceof oauth.ResponseBodyError) return { status: error.status, error: error.error }
  if (!(error instanceof oauth.WWWAuthenticateChallengeError)) return error
  const body = (await error.response.json()) as { error?: string }
  return { status: error.status, error: body.error }
}
