/** Signed metadata of a protected resource, RFC 9728 §2.2: the service attests them. */
import type { ServiceContext } from '../context.ts'
import { fitsSignatureAlgorithm } from '../jose/key-set.ts'
import { signJwt } from '../jose/sign.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { policyOf } from '../oauth/policy.ts'
import type { ProtectedResource } from '../oauth/resources/described.ts'
import { resourceMetadata } from '../oauth/resources/metadata.ts'
import { check, defineRules } from '../refusal.ts'

const rules = defineRules('Signed resource metadata', {
  unsigned: {
    code: 'P161102',
    error: 'invalid_request',
    spec: 'RFC 9728 §2.2',
    message:
      'The metadata of the resource cannot be signed: the service needs an issuer and a private key for an allowed algorithm.',
    fix: 'Set the issuer of the service and add a private key to `jwks`, or ask for metadata without signature.',
    settings: ['service.issuer', 'service.jwks'],
  },
})

const lifetimeSeconds = 86_400
/** A signature is given to all callers for this time. */
const keptMilliseconds = 3_600_000

interface Signed {
  at: number
  token: Promise<string>
}
/** By the description, which lives as long as the document of its service. */
const known = new WeakMap<ProtectedResource, Signed>()

/** The metadata as a JWT of the issuer, signed by the first key for an allowed algorithm. */
export async function signedResourceMetadata(
  context: ServiceContext,
  described: ProtectedResource,
): Promise<string> {
  const { service, now } = context
  const { algorithms = asymmetricAlgorithms } = policyOf(service)
  const keys = context.keys.signing(service)
  const allowed = asymmetricAlgorithms.filter((each) => algorithms.includes(each))
  const alg = allowed.find((each) =>
    keys.some(({ jwk }) => fitsSignatureAlgorithm(jwk, each, 'sign')),
  )
  check(service.issuer && alg, rules.unsigned, () => ({ given: service.issuer, expected: allowed }))
  const kept = known.get(described)
  if (kept && now >= kept.at && now - kept.at < keptMilliseconds) return kept.token
  const iat = Math.floor(now / 1000)
  const claims = { iss: service.issuer, iat, exp: iat + lifetimeSeconds }
  const token = signJwt(keys, {
    signing: { alg },
    claims: { ...resourceMetadata(service, described), ...claims },
    header: { typ: 'oauth-protected-resource+jwt' },
  })
  known.set(described, { at: now, token })
  token.catch(() => known.delete(described))
  return token
}
