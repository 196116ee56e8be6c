/**
 * The example frontend as a member of a federation, whose entities publish their statements by
 * HTTPS on the loopback interface, and a relying party that sends request objects like those of the
 * certification suite.
 */
import { randomUUID } from 'node:crypto'
import type { JWK, JWTPayload } from 'jose'
import { CompactEncrypt, importJWK, SignJWT } from 'jose'
import { listen } from '../../../examples/demo/listen.ts'
import {
  type Entity,
  entity,
  entityKey,
  federationOf,
  pinned,
  type RelyingParty,
  relyingParty,
  signed,
} from '../../support/federation.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import { certify, fetchWith, type Send, serverTls } from '../tls.ts'
import { startWorld, type World } from '../world.ts'

export interface FederationWorld extends World {
  federation: ReturnType<typeof federationOf>
  anchor: Entity
  party: RelyingParty
  /** Another one, which registers explicitly. */
  explicit: RelyingParty
  /** Where the users of the relying party return. */
  callback: string
  /** Trusts the frontend. */
  send: Send
  /** The statements that were fetched, by their URLs. */
  fetched: string[]
  /** A request object of the relying party; undefined removes a claim. */
  requestObject(bent?: BentRequest): Promise<string>
  /** Authenticates the relying party at an endpoint. */
  assertion(audience: string): Promise<Record<string, string>>
}

export interface BentRequest {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: JWK
  isEncrypted?: boolean
}

type Answer = () => Promise<{ contentType?: string; body: string | object }>

export async function startFederation(): Promise<FederationWorld> {
  const answers = new Map<string, Answer>()
  const fetched: string[] = []
  const host = await listen(
    async ({ url }) => {
      fetched.push(url)
      const answer = await answers.get(url)?.()
      if (!answer) return Response.json({ error: 'not_found' }, { status: 404 })
      const { contentType = 'application/json', body } = answer
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return new Response(text, { headers: { 'Content-Type': contentType } })
    },
    0,
    hostTls,
  )
  const answer = (url: string, given: Answer) => void answers.set(url, given)
  const federation = federationOf({ clock: Date.now, fetch: { answer } } as never)
  const anchor = await entity(`${host.url}/trust-anchor`)
  const party = await suiteParty(`${host.url}/rp`, anchor)
  const keys = [publicKey(party.protocolKey)]
  answers.set(`${party.id}/jwks`, async () => ({ body: { keys } }))
  federation.publish(party)
  const explicit = await relyingParty(`${host.url}/explicit`, [anchor])
  federation.publish(explicit)

  const encryptionKey = await encryptionPair('RSA-OAEP', 'rsa-oaep')
  const entityKeyOfProvider = await entityKey('provider-entity')
  const world = await startWorld({
    tls: serverTls,
    service: (issuer) => ({
      federationEnabled: true,
      federationJwks: jwksOf(entityKeyOfProvider),
      trustAnchors: [pinned(anchor)],
      authorityHints: [anchor.id],
      supportedClientRegistrationTypes: ['AUTOMATIC', 'EXPLICIT'],
      federationRegistrationEndpoint: `${issuer}/federation/register`,
      signedJwksUri: `${issuer}/federation/jwks.jwt`,
      jwks: jwksOf(...serviceKeys, { ...encryptionKey, alg: 'RSA-OAEP' }),
      supportedTokenAuthMethods: ['PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC'],
      attributes: [{ key: 'ext.outbound.tls_insecure', value: 'true' }],
    }),
  })

  async function requestObject(bent: BentRequest = {}): Promise<string> {
    const callback = `${party.id}/callback`
    const claims = {
      ...{ client_id: party.id, scope: 'openid', response_type: 'code', redirect_uri: callback },
      ...{ iss: party.id, aud: world.issuer, jti: randomUUID(), exp: inFiveMinutes() },
      ...bent.claims,
    }
    const header = { typ: 'oauth-authz-req+jwt', ...bent.header }
    const text = await signed(bent.key ?? party.protocolKey, claims, header)
    if (!bent.isEncrypted) return text
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT', kid: 'rsa-oaep' })
      .encrypt(await importJWK(publicKey(encryptionKey), 'RSA-OAEP'))
  }

  async function assertion(audience: string) {
    const claims: JWTPayload = {
      ...{ iss: party.id, sub: party.id, aud: audience, jti: randomUUID(), exp: inFiveMinutes() },
    }
    const { alg = '', kid = '' } = party.protocolKey
    const client_assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg, kid })
      .sign(await importJWK(party.protocolKey, alg))
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    return { client_assertion, client_assertion_type: type }
  }

  return {
    ...world,
    ...{ federation, anchor, party, explicit, fetched, requestObject, assertion },
    callback: `${party.id}/callback`,
    send: fetchWith(),
    async close() {
      await world.close()
      await host.close()
    },
  }
}

const hostTls = certify('/CN=federation', { rsa: true })

const inFiveMinutes = () => Math.floor(Date.now() / 1_000) + 300

/** As the suite describes its relying party: keys by URI, and no authentication method. */
async function suiteParty(id: string, anchor: Entity): Promise<RelyingParty> {
  const metadata = {
    client_registration_types: ['automatic'],
    redirect_uris: [`${id}/callback`],
    jwks: undefined,
    jwks_uri: `${id}/jwks`,
    grant_types: undefined,
    client_name: undefined,
  }
  const party = await relyingParty(id, [anchor], metadata)
  // The anchor of the suite states the whole metadata again.
  party.statements[anchor.id] = { metadata: party.metadata }
  return party
}
