/** Device authorization, RFC 8628: codes, where they are entered, and how often one may guess. */

import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'

const rules = defineRules('Device authorization', {
  verificationUriMissing: {
    code: 'P080001',
    error: 'server_error',
    spec: 'RFC 8628 §3.2',
    message: 'The service has no deviceVerificationUri: configure one.',
  },
  userCodesExhausted: {
    code: 'P080002',
    error: 'server_error',
    spec: 'RFC 8628 §6.1',
    message: 'No user code is available: increase the userCodeLength of the service.',
  },
})

/** The rule that is broken when every user code that is drawn turns out to be taken. */
export const userCodesExhausted = rules.userCodesExhausted

/** RFC 8628 §6.1: consonants without Y, so that no words come up; or digits, for number pads. */
const charsets = { BASE20: 'BCDFGHJKLMNPQRSTVWXZ', NUMERIC: '0123456789' }
/** RFC 8628 §6.1 recommends eight consonants, or nine digits, which hold about as much. */
const lengths = { BASE20: 8, NUMERIC: 9 }
const longest = 255

/** A user code of the service's alphabet and length, by whatever draws integers below a limit. */
export function drawUserCode(service: Service, draw: (limit: number) => number): string {
  const kind = service.userCodeCharset ?? 'BASE20'
  const charset = charsets[kind]
  const length = Math.min(service.userCodeLength || lengths[kind], longest)
  return Array.from({ length }, () => charset.charAt(draw(charset.length))).join('')
}

/**
 * RFC 8628 §6.1: what people add to a code, or type in lower case or full-width, makes no
 * difference.
 */
export const normalizeUserCode = (typed: string): string =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')

/** RFC 8628 §3.2: a device has to tell its user where to go. */
export const requireVerificationUri = (service: Service): string =>
  service.deviceVerificationUri || refuse(rules.verificationUriMissing)

/** RFC 8628 §3.2: where the user enters the code, and the same with the code already in it. */
export function verificationUris(
  service: Service,
  userCode: string,
): { verificationUri: string; verificationUriComplete?: string } {
  const verificationUri = requireVerificationUri(service)
  const complete = service.deviceVerificationUriComplete
  if (!complete) return { verificationUri }
  return { verificationUri, verificationUriComplete: complete.replaceAll('USER_CODE', userCode) }
}

/** Seconds that a device and a user code are good for. */
export const deviceCodeSeconds = (service: Service): number =>
  effectiveSeconds(service, 'deviceFlowCodeDuration')

/** Seconds between two polls, RFC 8628 §3.2. */
export const pollingSeconds = (service: Service): number =>
  effectiveSeconds(service, 'deviceFlowPollingInterval')

/** RFC 8628 §5.1: wrong user codes that a service takes within a minute, from all its users. */
export const wrongUserCodes = { limit: 60, milliseconds: 60_000 }
