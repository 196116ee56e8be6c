/** Signed authentication requests, CIBA §7.1.1. */

import { includesAlgorithm } from '../../jose/key-set.ts'
import { asymmetricAlgorithms, jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import { headerOf, type Unverified, type Verified } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import { writeExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { isAudience } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { type Parameters, parametersOf } from '../parameters.ts'
import type { Policy } from '../policy.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'

const rules = defineRules('Signed backchannel request', {
  required: {
    code: 'P070101',
    error: 'invalid_request',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'A signed authentication request is required: send the parameter request.',
    fix: 'Send the parameters as a signed JWT in `request`, or register no algorithm outside of FAPI.',
    settings: ['client.bcRequestSignAlg', 'service.fapiModes'],
  },
  outside: {
    code: 'P070102',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'A parameter of the authentication request is not allowed outside the signed request.',
    fix: 'Move the parameter that the evidence names into the signed request.',
  },
  malformed: {
    code: 'P070103',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The parameter request must be a signed JWT.',
    fix: 'Send `request` as a signed JWT in compact form.',
  },
  algorithm: {
    code: 'P070104',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message:
      'The signature algorithm of the signed request must be asymmetric, and the one that the client registered.',
    fix: 'Sign by the registered algorithm, or register the asymmetric one that the client uses.',
    settings: ['client.bcRequestSignAlg', 'service.fapiModes'],
  },
  signature: {
    code: 'P070105',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The signature of the signed request cannot be verified with the keys of the client.',
    fix: 'Register the public key that signs the request.',
    settings: ['client.jwks', 'client.jwksUri', 'client.bcRequestSignAlg'],
  },
  issuer: {
    code: 'P070106',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The iss of the signed request must be the client id.',
    fix: 'Set `iss` of the signed request to the client id.',
    settings: ['client.clientId'],
  },
  audience: {
    code: 'P070107',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The aud of the signed request must be the issuer of the service.',
    fix: 'Set `aud` of the signed request to the issuer of the service.',
    settings: ['service.issuer'],
  },
  timeMissing: {
    code: 'P070108',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The signed request must contain exp, iat and nbf.',
    fix: 'Add `exp`, `iat` and `nbf` to the signed request, as numbers.',
  },
  expired: {
    code: 'P070109',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The signed request has expired.',
    fix: 'Sign a new request, and check the clock of the client.',
    settings: ['service.allowableClockSkew'],
  },
  tooLong: {
    code: 'P070110',
    error: 'invalid_request',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'The signed request is valid for too long: the limit is 60 minutes.',
    fix: 'Let the signed request expire at most 60 minutes after its `nbf`.',
  },
  notYetValid: {
    code: 'P070111',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The nbf or the iat of the signed request is in the future.',
    fix: 'Check the clock of the client: `nbf` and `iat` must not be in the future.',
    settings: ['service.allowableClockSkew'],
  },
  stale: {
    code: 'P070112',
    error: 'invalid_request',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'The nbf of the signed request is older than 60 minutes.',
    fix: 'Sign each request when it is sent, with an `nbf` of now.',
    settings: ['service.allowableClockSkew'],
  },
  idMissing: {
    code: 'P070113',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The jti of the signed request is missing.',
    fix: 'Add a `jti` to the signed request that is different each time.',
  },
  nested: {
    code: 'P070114',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The parameters request and request_uri are not allowed in a signed request.',
    fix: 'Remove `request` and `request_uri` from the signed request.',
  },
  replayed: {
    code: 'P070115',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The signed request has been used before.',
    fix: 'Sign a request with a new `jti` each time, also for a retry.',
  },
  byReference: {
    code: 'P070116',
    error: 'invalid_request',
    spec: 'CIBA §7.1.1',
    message: 'The parameter request_uri is not supported for backchannel authentication requests.',
    fix: 'Send the signed request itself in `request`.',
  },
  otherKind: {
    code: 'P070117',
    error: 'invalid_request',
    spec: 'RFC 8725 §3.11',
    message: 'The signed request is a JWT of another type, such as an authorization request.',
    fix: 'Send a JWT that was made as a backchannel authentication request.',
  },
})

/** The rule for a `jti` that a concurrent request used first. */
export const signedRequestReplayed = rules.replayed

/** Parameters that are not allowed outside a signed request. */
const requestParameters = [
  'scope',
  'client_notification_token',
  'acr_values',
  'login_hint_token',
  'id_token_hint',
  'login_hint',
  'binding_message',
  'user_code',
  'requested_expiry',
  'request_context',
  'claims',
  'resource',
]
const longestSeconds = 3_600

/** The signed request; undefined without one. Clients with a registered algorithm must sign. */
export function presentedSignedRequest(parameters: Parameters, client: Client): string | undefined {
  if (parameters.get('request_uri') !== undefined)
    refuse(rules.byReference, { parameter: 'request_uri' })
  const request = parameters.get('request')
  if (request === undefined) {
    return client.bcRequestSignAlg
      ? refuse(rules.required, {
          parameter: 'request',
          setting: 'client.bcRequestSignAlg',
          expected: client.bcRequestSignAlg,
        })
      : undefined
  }
  const outside = requestParameters.find((name) => parameters.getAll(name).length > 0)
  if (outside) refuse(rules.outside, { parameter: outside })
  return request
}

/** FAPI-CIBA §5.2.2: the request must be signed, even if the client registered no algorithm. */
export function requireSigned(signedBy: string | undefined, { algorithms }: Policy): void {
  if (signedBy === undefined) {
    refuse(rules.required, { parameter: 'request', setting: 'service.fapiModes' })
  }
  if (algorithms && !includesAlgorithm(algorithms, signedBy)) {
    const parameter = 'request.alg'
    refuse(rules.algorithm, {
      parameter,
      given: signedBy,
      expected: algorithms,
      demand: 'algorithms',
    })
  }
}

/** CIBA §7.1.1: only asymmetric algorithms, and only the registered one if there is one. */
export function signedRequestAlgorithms(request: string, client: Client): readonly string[] {
  const alg = headerOf(request)?.['alg']
  if (typeof alg !== 'string') refuse(rules.malformed)
  const registered = client.bcRequestSignAlg && jwsAlgorithm(client.bcRequestSignAlg)
  const allowed = registered
    ? asymmetricAlgorithms.filter((each) => each === registered)
    : asymmetricAlgorithms
  if (!includesAlgorithm(allowed, alg)) {
    const setting = registered ? 'client.bcRequestSignAlg' : undefined
    refuse(rules.algorithm, { parameter: 'request.alg', given: alg, expected: allowed, setting })
  }
  return allowed
}

export interface SignedRequest {
  parameters: Parameters
  jwtId: string
  /** Until when the `jti` must be remembered, in milliseconds since the epoch. */
  expiresAt: number
  /** The claim `request_context` as JSON text, FAPI-CIBA §5.2.2. */
  requestContext: string | undefined
}

/** CIBA §7.1.1: checks the claims of a signed request and returns its parameters. */
export function signedRequest(
  verified: Verified | Unverified,
  client: Client,
  service: Service,
  now: number,
): SignedRequest {
  if ('failure' in verified) {
    refuse(verified.failure === 'malformed' ? rules.malformed : rules.signature, verified.failure)
  }
  if (!isOfKind('backchannel request', verified)) refuse(rules.otherKind)
  const { iss, aud, exp, iat, nbf, jti, request, request_uri, request_context, ...members } =
    verified.claims
  if (request !== undefined || request_uri !== undefined) refuse(rules.nested)
  const names = clientIdentifiers(client)
  const { client_id = iss } = members
  if (typeof iss !== 'string' || !names.includes(iss)) {
    refuse(rules.issuer, { parameter: 'request.iss', given: String(iss), expected: names })
  }
  if (typeof client_id !== 'string' || !names.includes(client_id)) refuse(rules.issuer, 'client_id')
  if (!isAudience(aud, service.issuer)) {
    const expected = service.issuer
    const setting = 'service.issuer'
    refuse(rules.audience, { parameter: 'request.aud', given: String(aud), setting, expected })
  }
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const expiry = requireTimes({ exp, iat, nbf }, now / 1000, skew)
  if (typeof jti !== 'string' || jti === '') refuse(rules.idMissing)
  return {
    parameters: parametersOf(members),
    jwtId: jti,
    expiresAt: Math.ceil((expiry + skew) * 1000),
    requestContext: request_context === undefined ? undefined : writeExact(request_context),
  }
}

/** CIBA §7.1.1 requires all three; FAPI-CIBA §5.2.2 limits them to an hour. Returns exp. */
function requireTimes(
  { exp, iat, nbf }: { exp: unknown; iat: unknown; nbf: unknown },
  seconds: number,
  skew: number,
): number {
  if (typeof exp !== 'number' || typeof iat !== 'number' || typeof nbf !== 'number') {
    refuse(rules.timeMissing)
  }
  if (exp + skew <= seconds) refuse(rules.expired)
  if (nbf - skew > seconds || iat - skew > seconds) refuse(rules.notYetValid)
  if (nbf + longestSeconds + skew < seconds) refuse(rules.stale)
  if (exp - nbf > longestSeconds) refuse(rules.tooLong)
  return exp
}
