/** A federation in a test: entities that sign statements about themselves and each other. */
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { redirectUri } from './flows.ts'
import { jwksOf, publicKey } from './keys.ts'
import type { TestSystem } from './system.ts'

type Claims = Record<string, unknown>

export interface Entity {
  id: string
  /** Its federation key. */
  key: JWK
  superiors: Entity[]
  metadata: Claims
  /** More claims of its configuration. */
  claims: Claims
  /** More claims of the statements about it, by the identifiers of superiors. */
  statements: Record<string, Claims>
}

/** How a test bends a statement. */
export interface Bent {
  header?: Claims
  claims?: Claims
  key?: JWK
}

export const minute = 60_000

export async function entityKey(kid: string, alg = 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
}

/** Signs any claims as a JWT. */
export async function signed(key: JWK, claims: Claims, header: Claims): Promise<string> {
  const alg = key.alg ?? 'ES256'
  return new SignJWT(claims)
    .setProtectedHeader({ alg, kid: key.kid ?? '', ...header })
    .sign(await importJWK(key, alg))
}

/** An entity below others; without superiors it can be a trust anchor. */
export async function entity(id: string, more: Partial<Omit<Entity, 'id'>> = {}): Promise<Entity> {
  const key = await entityKey(`${new URL(id).hostname}-1`)
  return { id, key, superiors: [], metadata: {}, claims: {}, statements: {}, ...more }
}

export interface RelyingParty extends Entity {
  /** Its protocol key, which signs request objects and assertions. */
  protocolKey: JWK
}

/** A relying party with a key of its own for the protocol. */
export async function relyingParty(
  id: string,
  superiors: Entity[],
  metadata: Claims = {},
): Promise<RelyingParty> {
  const protocolKey = await entityKey('rp-protocol')
  const own = {
    client_name: 'Federated client',
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    client_registration_types: ['automatic', 'explicit'],
    jwks: JSON.parse(jwksOf(publicKey(protocolKey))),
    ...metadata,
  }
  const made = await entity(id, { superiors, metadata: { openid_relying_party: own } })
  return { ...made, protocolKey }
}

/** A trust anchor as the property `trustAnchors` of a service has it. */
export const pinned = ({ id, key }: Entity) => ({ entityId: id, jwks: jwksOf(publicKey(key)) })

const fetchEndpoint = ({ id }: Entity) => `${id.replace(/\/$/, '')}/fetch`

/** Signs statements at the time of the clock; they live for five minutes. */
export function federationOf({ clock, fetch }: Pick<TestSystem, 'clock' | 'fetch'>) {
  const times = () => {
    const iat = Math.floor(clock() / 1_000)
    return { iat, exp: iat + 300 }
  }
  const statement = (issuer: Entity, claims: Claims, bent: Bent = {}) =>
    signed(
      bent.key ?? issuer.key,
      { iss: issuer.id, ...times(), ...claims, ...bent.claims },
      { typ: 'entity-statement+jwt', ...bent.header },
    )

  /** The configuration of an entity about itself. */
  const configuration = (of: Entity, bent?: Bent) =>
    statement(
      of,
      {
        sub: of.id,
        jwks: JSON.parse(jwksOf(publicKey(of.key))),
        ...(of.superiors.length > 0 ? { authority_hints: of.superiors.map(({ id }) => id) } : {}),
        metadata: {
          ...of.metadata,
          federation_entity: { federation_fetch_endpoint: fetchEndpoint(of) },
        },
        ...of.claims,
      },
      bent,
    )

  /** What a superior states about a subordinate. */
  const about = (superior: Entity, subordinate: Entity, bent?: Bent) =>
    statement(
      superior,
      {
        sub: subordinate.id,
        jwks: JSON.parse(jwksOf(publicKey(subordinate.key))),
        ...subordinate.statements[superior.id],
      },
      bent,
    )

  /** The chain through the first superiors, with the configuration of the anchor at its end. */
  async function chain(of: Entity, { withAnchor = true } = {}): Promise<string[]> {
    const texts = [await configuration(of)]
    let below = of
    for (let above = of.superiors[0]; above; above = above.superiors[0]) {
      texts.push(await about(above, below))
      below = above
    }
    return withAnchor ? [...texts, await configuration(below)] : texts
  }

  /** Publishes an entity and its superiors: their configurations, and statements on request. */
  function publish(of: Entity): void {
    const contentType = 'application/entity-statement+jwt'
    const wellKnown = `${of.id.replace(/\/$/, '')}/.well-known/openid-federation`
    fetch.answer(wellKnown, async () => ({ contentType, body: await configuration(of) }))
    for (const superior of of.superiors) {
      const url = `${fetchEndpoint(superior)}?sub=${encodeURIComponent(of.id)}`
      fetch.answer(url, async () => ({ contentType, body: await about(superior, of) }))
      publish(superior)
    }
  }

  /** A trust mark, as an entry of `trust_marks`. */
  async function trustMark(issuer: Entity, subject: Entity, type: string, bent: Bent = {}) {
    const claims = { sub: subject.id, trust_mark_type: type, ...bent.claims }
    const header = { typ: 'trust-mark+jwt', ...bent.header }
    return {
      trust_mark_type: type,
      trust_mark: await statement(issuer, claims, { ...bent, header }),
    }
  }

  /** The right to issue trust marks of a type, signed by its owner. */
  const delegation = (owner: Entity, issuer: Entity, type: string, bent: Bent = {}) =>
    statement(
      owner,
      { sub: issuer.id, trust_mark_type: type },
      { ...bent, header: { typ: 'trust-mark-delegation+jwt', ...bent.header } },
    )

  return { configuration, about, chain, publish, statement, trustMark, delegation }
}
