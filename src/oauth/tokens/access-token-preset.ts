/** Claims of JWT access tokens for resource servers that were written for another server. */
import { ExactNumber } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, oneOf } from '../attribute.ts'

const preset = defineAttribute<'glewlwyd' | 'hydra' | undefined>({
  name: 'ext.at.preset',
  of: 'service',
  form: oneOf('glewlwyd', 'hydra'),
  fallback: undefined,
  effect:
    'Adds the claims of another server to JWT access tokens. `glewlwyd`: `type`, `salt`, `username`, ' +
    '`expires_in` and `nbf`, and without resources the client id is `aud`. `hydra`: `scp`, `nbf` and ' +
    '`ext`, and `aud` is an array. The claims of RFC 9068 stay.',
  spec: 'RFC 9068 §2.2',
})

interface Facts {
  /** The claims of RFC 9068. */
  claims: Readonly<Record<string, unknown>> & { iat: number; exp?: number; jti: string }
  /** Claims that are given by the claim policy, properties and the caller. */
  given: Readonly<Record<string, unknown>>
  /** `sub` of a token with a user. */
  username: string | undefined
  scopes: readonly string[]
}

/** The claims that the preset of the service adds. Given claims do not replace them. */
export function presetClaims(service: Service, facts: Facts): Record<string, unknown> {
  const { claims, given, username, scopes } = facts
  const { iat, exp, jti } = claims
  switch (preset.read(service)) {
    case 'glewlwyd':
      return {
        type: 'access_token',
        salt: jti,
        // The name by which the user logs in may differ from the subject.
        ...(username === undefined ? {} : { username: given['username'] ?? username }),
        ...(exp === undefined ? {} : { expires_in: exp - iat }),
        nbf: iat,
      }
    case 'hydra':
      return { scp: scopes, nbf: iat, ext: customClaims(given) }
    default:
      return {}
  }
}

/** All given claims in one object, with the members of an `ext` that is given. */
function customClaims({ ext, scp: _scp, nbf: _nbf, ...given }: Facts['given']): object {
  const isValue = Array.isArray(ext) || ext instanceof ExactNumber
  return typeof ext === 'object' && !isValue ? Object.assign({}, given, ext) : given
}

/** RFC 9068 §3: the resources of the grant, or else the issuer; both in the form of the preset. */
export function audienceOf(
  service: Service,
  resources: string[],
  clientId: string,
): string | string[] | undefined {
  const name = preset.read(service)
  const [only, another] = resources
  const otherwise = name === 'glewlwyd' ? clientId : service.issuer
  if (another !== undefined) return resources
  const audience = only ?? otherwise
  return name === 'hydra' && audience !== undefined ? [audience] : audience
}
