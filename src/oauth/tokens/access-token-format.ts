/** The format of access tokens: opaque, or JWTs of RFC 9068 with the key that signs them. */
import { isSigningKey, keySetOf } from '../../jose/key-set.ts'
import type { Signing } from '../../jose/sign.ts'
import { asymmetricAlgorithms, jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type AttributeOwner, defineAttribute, oneOf } from '../attribute.ts'
import { policyOf } from '../policy.ts'
import type { Problem } from '../property-problem.ts'

const rules = defineRules('Access token format', {
  keyMissing: {
    code: 'P101001',
    error: 'unauthorized_client',
    spec: 'RFC 9068 §2.1',
    message:
      'The access tokens of the client are JWTs, but the service has no private key that can sign them.',
  },
})

const formatOf = defineAttribute<'opaque' | 'jwt' | undefined>({
  name: 'ext.access_token.format',
  of: 'client',
  form: oneOf('opaque', 'jwt'),
  fallback: undefined,
  effect:
    'The format of the access tokens of the client. `jwt` is signed with `accessTokenSignAlg` of the ' +
    'service, or else with the first algorithm that the service has a key for. Without the ' +
    'attribute, access tokens are JWTs if the service has `accessTokenSignAlg`.',
  spec: 'RFC 9068 §2.1',
})

/** Whether the access tokens of the client are JWTs. */
export function areJwts(service: Service, client: AttributeOwner): boolean {
  const format = formatOf.read(client)
  return format === undefined ? service.accessTokenSignAlg !== undefined : format === 'jwt'
}

/** How the access tokens of the client are signed; undefined for opaque ones. */
export function accessTokenSigning(
  service: Service,
  client: Client,
  scopes: readonly string[],
): Signing | undefined {
  if (!areJwts(service, client)) return undefined
  return signingOf(service, client, scopes) ?? refuse(rules.keyMissing)
}

/** Undefined if a client demands JWTs, and the service has no key for them. */
function signingOf(
  service: Service,
  client: Client,
  scopes: readonly string[],
): Signing | undefined {
  const keyId = service.accessTokenSignatureKeyId
  const ofService = service.accessTokenSignAlg && jwsAlgorithm(service.accessTokenSignAlg)
  if (ofService && formatOf.read(client) === undefined) return { alg: ofService, keyId }
  const { algorithms = ['RS256', ...asymmetricAlgorithms] } = policyOf(service, client, scopes)
  const candidates = ofService ? [ofService] : algorithms
  const { keys } = keySetOf(service, service.jwks)
  const named = keyId === undefined ? keys : keys.filter(({ kid }) => kid === keyId)
  const alg = candidates.find((each) => named.some((key) => isSigningKey(key, each)))
  return alg === undefined ? undefined : { alg, keyId }
}

/**
 * The problem of a client that demands JWTs of a service without a key for them. An update that
 * does not change the attribute is not refused, as the keys of the service may have changed since.
 */
export function formatProblem(
  service: Service,
  client: Client,
  former?: Client,
): Problem | undefined {
  const format = formatOf.read(client)
  const isKept = former !== undefined && formatOf.read(former) === format
  if (format !== 'jwt' || isKept || signingOf(service, client, [])) return undefined
  const message =
    `The attribute ${formatOf.name} is jwt, but the service has no private key that can sign ` +
    'access tokens: add one to jwks.'
  return { path: 'attributes', message }
}
