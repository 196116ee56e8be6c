/**
 * Limits of requests that are stored until the user decides: lifetime and size. Anyone can create
 * such requests, so both are bounded.
 */
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, wholeNumber } from '../attribute.ts'

const rules = defineRules('Stored request', {
  tooLarge: {
    code: 'P072101',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.2.1',
    message:
      'The request is too large: claims, authorization_details and the other parameters may have 32,768 characters together.',
    fix: 'Send shorter `claims`, `authorization_details` and other parameters: together at most 32768 characters.',
  },
})

const limit = 32_768

/** Refuses a request with more than 32,768 characters as JSON. */
export function requireStorable<T extends object>(request: T): T {
  if (longestJson(request) > limit && JSON.stringify(request).length > limit) {
    refuse(rules.tooLarge)
  }
  return request
}

/**
 * An upper bound of the JSON length, which avoids serialising most requests. An escaped character
 * (`\u0001`) has six characters, a number at most 25.
 */
function longestJson(value: unknown): number {
  if (typeof value === 'string') return 6 * value.length + 3
  if (typeof value !== 'object' || value === null) return 26
  let length = 3
  for (const name in value) length += 6 * name.length + 4 + longestJson(value[name as never])
  return length
}

const ticketDuration = defineAttribute({
  name: 'ext.ticket.duration',
  of: 'service',
  form: wholeNumber(60, 86_400),
  fallback: 3_600,
  effect: 'Seconds for the user to log in and consent: the lifetime of a ticket.',
  spec: 'RFC 6749 §4.1.1',
})

/** The lifetime of authorization tickets in seconds. */
export const ticketSeconds = (service: Pick<Service, 'attributes'>): number =>
  ticketDuration.read(service)
