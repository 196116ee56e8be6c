/** Device authorization, RFC 8628: user codes, verification URIs, intervals and limits. */

import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'

const rules = defineRules('Device authorization', {
  verificationUriMissing: {
    code: 'P080001',
    error: 'server_error',
    spec: 'RFC 8628 §3.2',
    message: 'The service has no deviceVerificationUri: configure one.',
    fix: 'Set the URL at which users enter the code.',
    settings: ['service.deviceVerificationUri'],
  },
  userCodesExhausted: {
    code: 'P080002',
    error: 'server_error',
    spec: 'RFC 8628 §6.1',
    message: 'No user code is available: increase the userCodeLength of the service.',
    fix: 'Let user codes be longer, or use more characters.',
    settings: ['service.userCodeLength', 'service.userCodeCharset'],
  },
})

/** The rule for a service in which every drawn user code already exists. */
export const userCodesExhausted = rules.userCodesExhausted

/** RFC 8628 §6.1: consonants without Y, so that no words occur; or digits, for number pads. */
const charsets = { BASE20: 'BCDFGHJKLMNPQRSTVWXZ', NUMERIC: '0123456789' }
/** RFC 8628 §6.1 recommends eight consonants or nine digits, with similar entropy. */
const lengths = { BASE20: 8, NUMERIC: 9 }
const longest = 255

/** A random user code; `draw` returns a random integer from 0 to below its limit. */
export function drawUserCode(service: Service, draw: (limit: number) => number): string {
  const kind = service.userCodeCharset ?? 'BASE20'
  const charset = charsets[kind]
  const length = Math.min(service.userCodeLength || lengths[kind], longest)
  return Array.from({ length }, () => charset.charAt(draw(charset.length))).join('')
}

/**
 * RFC 8628 §6.1: ignores case, full-width forms and characters that users add, such as dashes.
 */
export const normalizeUserCode = (typed: string): string =>
  typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')

/** RFC 8628 §3.2: the verification URI is required in the response to the device. */
export const requireVerificationUri = (service: Service): string =>
  service.deviceVerificationUri || refuse(rules.verificationUriMissing)

/** RFC 8628 §3.2: the verification URI, and optionally one that contains the user code. */
export function verificationUris(
  service: Service,
  userCode: string,
): { verificationUri: string; verificationUriComplete?: string } {
  const verificationUri = requireVerificationUri(service)
  const complete = service.deviceVerificationUriComplete
  if (!complete) return { verificationUri }
  return { verificationUri, verificationUriComplete: complete.replaceAll('USER_CODE', userCode) }
}

/** The lifetime of device code and user code in seconds. */
export const deviceCodeSeconds = (service: Service): number =>
  effectiveSeconds(service, 'deviceFlowCodeDuration')

/** Seconds between two polls, RFC 8628 §3.2. */
export const pollingSeconds = (service: Service): number =>
  effectiveSeconds(service, 'deviceFlowPollingInterval')

/** RFC 8628 §5.1: the limit of wrong user codes per service and minute. */
export const wrongUserCodes = { limit: 60, milliseconds: 60_000 }
