/**
 * A relying party of the demo, made with `openid-client`. It knows the provider by the federation
 * alone, and registers there automatically or explicitly: OpenID Federation §12.
 */
import {
  createLocalJWKSet,
  decodeJwt,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import * as openid from 'openid-client'
import { createFormBrowser } from '../form-browser.ts'
import { configurationOf, type Entity } from './entities.ts'

export interface PartyStage {
  /** The entity identifier of the provider. */
  provider: string
  /** Trusts the certificates of the demo. */
  fetch: typeof fetch
  credentials: { username: string; password: string }
  /** Told of every step that went well. */
  say(step: string): void
}

export interface Party {
  entity: Entity
  /** Signs requests and assertions; the key of the entity signs statements. */
  protocolKey: JWK
  callback: string
}

type Json = Record<string, unknown>

interface Provider {
  metadata: openid.ServerMetadata & { federation_registration_endpoint?: string }
  jwks: JSONWebKeySet
}

const textOf = async (send: typeof fetch, url: string) => (await send(url)).text()

/** What the superior of both says about the provider vouches for what the provider says itself. */
export async function findProvider(stage: PartyStage, superior: Entity): Promise<Provider> {
  const { provider, fetch } = stage
  const about = `${superior.id}/fetch?sub=${encodeURIComponent(provider)}`
  const { d: _, ...superiorKey } = superior.key
  const vouched = await verified(await textOf(fetch, about), { keys: [superiorKey] })
  const jwks = vouched['jwks'] as JSONWebKeySet
  const own = await textOf(fetch, `${provider}/.well-known/openid-federation`)
  const { metadata } = await verified(own, jwks)
  stage.say(`${superior.id} vouches for the keys of the provider`)
  return { metadata: (metadata as Json)['openid_provider'] as Provider['metadata'], jwks }
}

async function verified(text: string, jwks: JSONWebKeySet, typ = 'entity-statement+jwt') {
  const { payload } = await jwtVerify(text, createLocalJWKSet(jwks), { typ })
  return payload as JWTPayload & Json
}

/** No registration: the signed request is enough for the provider to find the metadata. */
export async function logInAutomatically(
  stage: PartyStage,
  { entity, protocolKey, callback }: Party,
  provider: Provider,
): Promise<void> {
  const key = await signingKey(protocolKey)
  const client = configure(stage, provider, entity.id, openid.PrivateKeyJwt(key))
  const { parameters, checks } = await newRequest(callback)
  const url = await openid.buildAuthorizationUrlWithJAR(client, parameters, key)
  await finish(stage, client, url, checks)
}

/** The relying party sends its metadata first, and gets a secret. */
export async function logInExplicitly(
  stage: PartyStage,
  { entity, callback }: Party,
  provider: Provider,
): Promise<void> {
  const { fetch, provider: aud, say } = stage
  const response = await fetch(provider.metadata.federation_registration_endpoint ?? '', {
    method: 'POST',
    headers: { 'Content-Type': 'application/entity-statement+jwt' },
    body: await configurationOf(entity, { aud }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`the registration failed: ${text}`)
  const statement = await verified(text, provider.jwks, 'explicit-registration-response+jwt')
  if (statement.aud !== entity.id) throw new Error('the registration is of another entity')
  const { openid_relying_party: registered } = statement['metadata'] as Record<string, Json>
  const seconds = (statement.exp ?? 0) - (statement.iat ?? 0)
  say(`the provider has registered "${registered?.['client_name']}" for ${seconds} seconds`)
  say(`it trusts it by ${statement['trust_anchor']}`)
  const secret = openid.ClientSecretBasic(String(registered?.['client_secret']))
  const client = configure(stage, provider, String(registered?.['client_id']), secret)
  const { parameters, checks } = await newRequest(callback)
  await finish(stage, client, openid.buildAuthorizationUrl(client, parameters), checks)
}

async function signingKey({ kid = '', ...key }: JWK): Promise<openid.PrivateKey> {
  return { key: (await importJWK(key)) as CryptoKey, kid }
}

function configure(
  { fetch }: PartyStage,
  { metadata }: Provider,
  clientId: string,
  authentication: openid.ClientAuth,
): openid.Configuration {
  const client = new openid.Configuration(metadata, clientId, undefined, authentication)
  client[openid.customFetch] = fetch as openid.CustomFetch
  return client
}

async function newRequest(redirect_uri: string) {
  const [verifier, state, nonce] = [
    openid.randomPKCECodeVerifier(),
    openid.randomState(),
    openid.randomNonce(),
  ]
  const parameters = {
    ...{ redirect_uri, scope: 'openid', response_type: 'code', state, nonce },
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const expected = { expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return { parameters, checks: { pkceCodeVerifier: verifier, ...expected } }
}

/** The user logs in and allows, and the relying party redeems the code. */
async function finish(
  { fetch, credentials, say }: PartyStage,
  client: openid.Configuration,
  url: URL,
  checks: openid.AuthorizationCodeGrantChecks,
): Promise<void> {
  const callback = new URL(url).searchParams.get('redirect_uri') ?? requestedCallback(url)
  const browser = createFormBrowser(callback, fetch)
  const login = await browser.open(url.href)
  if (!login.text.includes('id="password"')) throw new Error(`no login page: ${login.text}`)
  const consent = await browser.submit(login, { ...credentials, decision: 'login' })
  const end = await browser.submit(consent, { decision: 'authorize' })
  const tokens = await openid.authorizationCodeGrant(client, new URL(end.url), checks)
  const { sub, aud } = tokens.claims() ?? {}
  say(`the user logs in: the ID Token for ${aud} is of ${sub}`)
}

const requestedCallback = (url: URL) =>
  String(decodeJwt(url.searchParams.get('request') ?? '')['redirect_uri'])
