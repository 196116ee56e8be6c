/**
 * Client authentication by a SPIFFE JWT-SVID, draft-ietf-oauth-spiffe-client-auth-01, cited as
 * "SPIFFE Client Authentication".
 */
import { edwards } from '../../jose/key-set.ts'
import type { Reading } from '../../jose/remote-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { headerOf, type Unverified, unverifiedClaims, type Verified } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { isSameIdentifier } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'

const rules = defineRules('SPIFFE client authentication', {
  malformed: {
    code: 'P010401',
    error: 'invalid_client',
    spec: 'JWT-SVID §2',
    message: 'The client assertion is not a JWT-SVID.',
    fix: 'Send a JWT-SVID in compact form, with `typ` JWT or JOSE or none.',
    settings: ['client.tokenAuthMethod'],
  },
  unverified: {
    code: 'P010402',
    error: 'invalid_client',
    spec: 'SPIFFE Client Authentication §3.1',
    message:
      'The signature of the JWT-SVID cannot be verified with the SPIFFE bundle of the client.',
    fix: 'Let the bundle endpoint of the trust domain serve the key that signs the JWT-SVID.',
    settings: ['client.spiffeBundleEndpoint', 'client.spiffeId'],
  },
  otherId: {
    code: 'P010403',
    error: 'invalid_client',
    spec: 'SPIFFE Client Authentication §3.1',
    message: 'The sub of the JWT-SVID does not match the SPIFFE ID of the client.',
    fix: 'Register the SPIFFE ID of the workload for the client, or use the workload that is registered.',
    settings: ['client.spiffeId'],
  },
  audienceMismatch: {
    code: 'P010404',
    error: 'invalid_client',
    spec: 'SPIFFE Client Authentication §3.1',
    message: 'The aud of the JWT-SVID must be the issuer of the authorization server and no other.',
    fix: 'Fetch a JWT-SVID whose only audience is the issuer of the service.',
    settings: ['service.issuer'],
  },
  outOfTime: {
    code: 'P010405',
    error: 'invalid_client',
    spec: 'JWT-SVID §3.3',
    message: 'The exp of the JWT-SVID is missing, or the JWT-SVID has expired or is not valid yet.',
    fix: 'Fetch a new JWT-SVID from the Workload API, and check the clocks.',
    settings: ['service.allowableClockSkew'],
  },
})

/** JWT-SVID §2.1: these algorithms only, without EdDSA. */
export const svidAlgorithms = asymmetricAlgorithms.filter((alg) => !edwards.includes(alg))

/** How to read a SPIFFE bundle: only its keys for JWT-SVIDs, not those for X.509-SVIDs. */
export const bundleReading: Reading = {
  name: 'spiffe',
  accept: 'application/json',
  read(document) {
    const { keys } = parseJson(document) as { keys: { use?: unknown }[] }
    const own = keys.filter(({ use }) => use === 'jwt-svid')
    return JSON.stringify({ keys: own.map((key) => ({ ...key, use: 'sig' })) })
  },
}

/** JWT-SVID §2.3: refuses JWTs of another type. */
export function requireSvid(svid: string): void {
  const [header, claims] = [headerOf(svid), unverifiedClaims(svid)]
  if (!header || !claims || !isOfKind('JWT-SVID', { header, claims })) refuse(rules.malformed)
}

/** SPIFFE Client Authentication §3.1. Workloads reuse an SVID until it expires, so no jti check. */
export function verifySvidClaims(
  verified: Verified | Unverified,
  client: Client,
  service: Service,
  now: number,
): void {
  if ('failure' in verified) refuse(rules.unverified, verified.failure)
  const { sub, aud, exp, nbf, iat } = verified.claims
  if (!isSameIdentifier(sub, client.spiffeId)) {
    const given = String(sub)
    refuse(rules.otherId, { given, setting: 'client.spiffeId', expected: client.spiffeId })
  }
  const [audience, ...more] = Array.isArray(aud) ? aud : [aud]
  if (!isSameIdentifier(audience, service.issuer) || more.length > 0) {
    const given = String(aud)
    refuse(rules.audienceMismatch, { given, setting: 'service.issuer', expected: service.issuer })
  }
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  if (typeof exp !== 'number' || !(exp + skew > seconds)) refuse(rules.outOfTime)
  for (const time of [nbf, iat]) {
    if (time !== undefined && !(typeof time === 'number' && time <= seconds + skew)) {
      refuse(rules.outOfTime)
    }
  }
}

/** Whether a text is a SPIFFE ID of a workload, SPIFFE-ID §2: a trust domain and a path. */
export const isSpiffeId = (text: string): boolean =>
  text.length <= 2_048 &&
  /^spiffe:\/\/[a-z0-9._-]{1,255}(\/[\w.-]+)+$/.test(text) &&
  !/\/\.{1,2}(\/|$)/.test(text)
