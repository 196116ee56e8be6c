/** Signatures of the service as an entity of a federation, OpenID Federation §3.1.1. */
import type { ServiceContext } from '../context.ts'
import { thumbprintOf } from '../jose/key-members.ts'
import { fitsSignatureAlgorithm } from '../jose/key-set.ts'
import type { SigningKey } from '../jose/keys.ts'
import { signJwt } from '../jose/sign.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Service } from '../model/service/service.ts'
import { entityKeys } from '../oauth/federation/service/entity-keys.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Federation signatures', {
  keyMissing: {
    code: 'P134005',
    error: 'server_error',
    spec: 'OpenID Federation §3.1.1',
    message:
      'The service has no key that signs for it in a federation: set federationJwks, and let federationSignatureKeyId name one of its private keys.',
    fix: 'Add a private key to the key set of the federation, and name it.',
    settings: ['service.federationJwks', 'service.federationSignatureKeyId'],
  },
})

type Signing = Pick<ServiceContext, 'service' | 'keys'>

interface Statement {
  /** The type of the JWT, such as `entity-statement+jwt`. */
  readonly typ: string
  readonly claims: Record<string, unknown>
}

/** A JWT that is signed with a key of the federation, which `federationSignatureKeyId` may name. */
export async function signAsEntity(
  { service, keys }: Signing,
  { typ, claims }: Statement,
): Promise<string> {
  const named = service.federationSignatureKeyId || undefined
  const published = entityKeys(service).map(thumbprintOf)
  const key = keys
    .signing(service, 'federation')
    .filter(({ jwk }) => named === undefined || jwk.kid === named)
    .find(({ jwk }) => published.includes(thumbprintOf(jwk)) && algorithmOf(jwk) !== undefined)
  if (!key) return refuse(rules.keyMissing, named)
  const alg = algorithmOf(key.jwk) ?? 'RS256'
  return signJwt([key], { signing: { alg }, claims, header: { typ } })
}

const algorithmOf = (jwk: SigningKey['jwk']) =>
  asymmetricAlgorithms.find((alg) => fitsSignatureAlgorithm(jwk, alg, 'sign'))

const keptMilliseconds = 60_000

interface Signed {
  readonly at: number
  readonly jwt: Promise<string>
}

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<Service, Map<string, Signed>>()

/** The same, where all who ask within a minute get the same JWT. `name` tells the JWTs apart. */
export async function signOncePerMinute(
  context: Signing & Pick<ServiceContext, 'now'>,
  name: string,
  compose: () => Statement,
): Promise<string> {
  const { service, now } = context
  const own = known.get(service) ?? new Map<string, Signed>()
  known.set(service, own)
  const kept = own.get(name)
  if (kept && now >= kept.at && now - kept.at < keptMilliseconds) return kept.jwt
  const signed = { at: now, jwt: signAsEntity(context, compose()) }
  own.set(name, signed)
  signed.jwt.catch(() => own.delete(name))
  return signed.jwt
}
