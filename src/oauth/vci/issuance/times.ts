/** When credentials begin and end, in seconds since the epoch. */
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { defineAttribute, oneOf } from '../../attribute.ts'
import { lastSecond } from '../format/sd-jwt-vc.ts'

const rules = defineRules('Credential lifetime', {
  tooLong: {
    code: 'P128001',
    error: 'invalid_request',
    spec: 'RFC 7519 §4.1.4',
    message:
      'The credentialDuration is too long: the credential must expire before the year 10000.',
    fix: 'Pass a shorter `credentialDuration`.',
    settings: ['service.credentialDuration'],
  },
  certificateEnds: {
    code: 'P128002',
    error: 'invalid_request',
    spec: 'ISO 18013-5 §9.3.1',
    message:
      'The credential would be valid for longer than the certificate of its signing key: set a shorter credentialDuration, or renew the certificate.',
    fix: 'Pass a shorter `credentialDuration`, or renew the certificate of the signing key.',
    settings: ['service.credentialDuration', 'service.credentialJwks'],
  },
})

const rounding = defineAttribute({
  name: 'ext.vci.time_rounding',
  of: 'service',
  form: oneOf('hour', 'day', 'none'),
  fallback: 'hour',
  effect:
    'To what the times of credentials are rounded, so that verifiers cannot recognise credentials ' +
    'that were issued together: the time of issue down, the expiry up. Lifetimes under two hours, ' +
    'or two days, are not rounded.',
  spec: 'RFC 9901 §10.1',
})
const units = { hour: 3_600, day: 86_400, none: 1 } as const

export interface CredentialTimes {
  issuedAt: number
  /** Undefined if the credential does not expire. */
  expiresAt: number | undefined
}

/** `seconds` is of the order: 0 is the lifetime of the service, and a negative one is unlimited. */
export function credentialTimes(service: Service, seconds: number, now: number): CredentialTimes {
  const unit = units[rounding.read(service)]
  const lifetime = seconds === 0 ? service.credentialDuration : Math.max(seconds, 0)
  const begin = Math.floor(now / 1000)
  const end = begin + lifetime
  if (end > lastSecond - unit) refuse(rules.tooLong, `${seconds}`)
  if (lifetime === 0) return { issuedAt: roundDown(begin, unit), expiresAt: undefined }
  if (lifetime < 2 * unit) return { issuedAt: begin, expiresAt: end }
  return { issuedAt: roundDown(begin, unit), expiresAt: roundDown(end + unit - 1, unit) }
}

const roundDown = (seconds: number, unit: number): number => seconds - (seconds % unit)

export interface Validity {
  notBefore: number
  notAfter: number
}

/**
 * ISO 18013-5 §9.3.1: within the validity of the certificate that verifies the mdoc, whose end is
 * that of a credential without another.
 */
export function mdocTimes(
  { issuedAt, expiresAt }: CredentialTimes,
  { notBefore, notAfter }: Validity,
  now: number,
): { validFrom: number; validUntil: number } {
  const validFrom = Math.max(issuedAt, notBefore)
  const validUntil = expiresAt ?? notAfter
  const ends = Math.max(validFrom, Math.floor(now / 1000))
  if (validUntil > notAfter || validUntil <= ends) refuse(rules.certificateEnds)
  return { validFrom, validUntil }
}
