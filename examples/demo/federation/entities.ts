/** Entities of a small federation in memory, and the server that publishes their statements. */
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'

type Claims = Record<string, unknown>

export interface Entity {
  id: string
  /** The private key that signs its statements. */
  key: JWK
  superior?: Entity
  metadata: Claims
  /** What it says about its subordinates, besides their keys. */
  policy?: Claims
}

/** An entity that others know by its public keys, such as the provider. */
interface Subordinate {
  id: string
  jwks: { keys: JWK[] }
}

export async function newKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }
}

export const publicSet = (...keys: JWK[]) => ({ keys: keys.map(({ d: _, ...key }) => key) })

export const newEntity = async (id: string, more: Omit<Entity, 'id' | 'key'>): Promise<Entity> => ({
  id,
  key: await newKey(`key of ${new URL(id).pathname}`),
  ...more,
})

/** Statements live for an hour. */
async function sign({ id, key }: Entity, claims: Claims): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: key.kid ?? '', typ: 'entity-statement+jwt' })
    .setIssuer(id)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importJWK(key))
}

/** What an entity says about itself; `claims` are for one receiver. */
export const configurationOf = (entity: Entity, claims: Claims = {}): Promise<string> =>
  sign(entity, {
    ...{ sub: entity.id, jwks: publicSet(entity.key), metadata: entity.metadata },
    ...(entity.superior ? { authority_hints: [entity.superior.id] } : {}),
    ...claims,
  })

const statementAbout = (superior: Entity, { id, jwks }: Subordinate): Promise<string> =>
  sign(superior, {
    ...{ sub: id, jwks },
    ...(superior.policy ? { metadata_policy: superior.policy } : {}),
  })

const subordinate = ({ id, key }: Entity): Subordinate => ({ id, jwks: publicSet(key) })

/** Serves configurations, and statements of superiors about their subordinates. */
export function publish(entities: readonly Entity[], members: readonly Member[]) {
  const known = [
    ...members,
    ...entities.flatMap((each) =>
      each.superior ? [{ superior: each.superior, about: subordinate(each) }] : [],
    ),
  ]
  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const path = url.origin + url.pathname
    const own = entities.find(({ id }) => path === `${id}/.well-known/openid-federation`)
    if (own) return statement(await configurationOf(own))
    const superior = entities.find(({ id }) => path === `${id}/fetch`)
    const member = known.find(
      (each) => each.superior === superior && each.about.id === url.searchParams.get('sub'),
    )
    if (superior && member) return statement(await statementAbout(superior, member.about))
    return Response.json({ error: 'not_found' }, { status: 404 })
  }
}

/** A member that publishes its own configuration. */
export interface Member {
  superior: Entity
  about: Subordinate
}

const statement = (text: string) =>
  new Response(text, { headers: { 'Content-Type': 'application/entity-statement+jwt' } })
