/** SD-JWT VC: what is signed, SD-JWT VC §3 and RFC 9901 §4. */
import type { JWK } from 'jose'
import { writeExact } from '../../../model/exact-json.ts'
import { defineRules } from '../../../refusal.ts'
import { type Disclosable, disclose, type Frame, frameByLeaf, readFrame } from './disclosure.ts'
import { type Members, readPayload, refuseAt } from './payload.ts'

const rules = defineRules('SD-JWT VC', {
  otherType: {
    code: 'P129009',
    error: 'invalid_request',
    spec: 'SD-JWT VC §3.2.2.1',
    message: 'The vct of the credentialPayload must be the one of the credential configuration.',
    fix: 'Omit `vct` in the `credentialPayload`, or set it to that of the configuration.',
    settings: ['service.credentialIssuerMetadata'],
  },
  badTime: {
    code: 'P129010',
    error: 'invalid_request',
    spec: 'RFC 7519 §4.1.4',
    message:
      'The exp and the nbf of the credentialPayload must be whole seconds since the epoch, before the year 10000.',
    fix: 'Pass `exp` and `nbf` as whole seconds since the epoch, before the year 10000.',
  },
})

/** A payload that was checked once, for all credentials of an order. */
export interface SdJwtVc {
  readonly claims: Members
  readonly frame: Frame
  /** When the payload itself has the credential expire, in seconds since the epoch. */
  readonly expiresAt: number | undefined
}

export interface SdJwtVcParts {
  /** Absent if the credential does not name its issuer. */
  issuer?: string | undefined
  /** The key that the credential is bound to. */
  key?: Members | undefined
  /** In seconds since the epoch. */
  issuedAt: number
  expiresAt: number | undefined
  /** The place in a status list. */
  status?: Members | undefined
}

export function readSdJwtVc(
  vct: string | undefined,
  payloadText: string | undefined,
  frameText?: string,
): SdJwtVc {
  const payload = readPayload(payloadText)
  const claims = { ...payload, ...(vct === undefined ? {} : { vct }) }
  const { vct: given = vct } = payload
  if (given !== vct) refuseAt(rules.otherType, '/vct')
  const { exp, nbf } = payload
  if (!isTime(nbf)) refuseAt(rules.badTime, '/nbf')
  if (!isTime(exp)) refuseAt(rules.badTime, '/exp')
  const frame = frameText ? readFrame(frameText, claims) : frameByLeaf(claims)
  return { claims, frame, expiresAt: exp as number | undefined }
}

/** In the year 10000 the times of dates in text end. */
export const lastSecond = 253_402_300_799

const isTime = (value: unknown): boolean =>
  value === undefined ||
  (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= lastSecond)

/** The claims of one credential: what the issuer states replaces what the payload has. */
export function disclosableClaims(
  { claims, frame, expiresAt: exp }: SdJwtVc,
  { issuer, key, issuedAt, expiresAt = exp, status }: SdJwtVcParts,
  random: (bytes: number) => Buffer,
): Disclosable {
  const { iss: _iss, iat: _iat, cnf: _cnf, ...own } = claims
  const stated = {
    ...(issuer === undefined ? {} : { iss: issuer }),
    iat: issuedAt,
    ...(expiresAt === undefined ? {} : { exp: expiresAt }),
    ...own,
    ...(key === undefined ? {} : { cnf: { jwk: bindingMembers(key) } }),
    ...(status === undefined ? {} : { status }),
  }
  return disclose(stated, frame, random)
}

/** The members of a key that its thumbprint has, RFC 7638 §3.2 and RFC 8037 §2. */
export function bindingMembers(key: Members): JWK {
  const { kty, crv, x, y, e, n } = key as JWK
  if (kty === 'RSA') return { kty, n, e } as JWK
  return (kty === 'OKP' ? { kty, crv, x } : { kty, crv, x, y }) as JWK
}

/** The signed part of the JWS. */
export const signedPart = (header: Members, payload: Members): string =>
  `${encoded(header)}.${encoded(payload)}`

const encoded = (value: Members): string => Buffer.from(writeExact(value)).toString('base64url')

/** RFC 9901 §4: the JWT and its disclosures, without a key binding JWT. */
export const compactSdJwt = (
  part: string,
  signature: Uint8Array,
  disclosures: readonly string[],
): string =>
  [`${part}.${Buffer.from(signature).toString('base64url')}`, ...disclosures, ''].join('~')
