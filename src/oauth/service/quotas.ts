/** Quotas of a service: what one tenant may take of what all share. All are off by default. */
import { defineAttribute, wholeNumber } from '../attribute.ts'

export const callsPerSecond = defineAttribute<number | undefined>({
  name: 'ext.quota.calls_per_second',
  of: 'service',
  form: wholeNumber(1, 100_000),
  fallback: undefined,
  effect:
    'How many calls per second one process serves for the service on average, and how many at ' +
    'once after a quiet second. Further calls are refused with HTTP status 429 and `Retry-After` ' +
    'before their bodies are read. Calls that manage the service and its clients do not count.',
})

export const tokensPerDay = defineAttribute<number | undefined>({
  name: 'ext.quota.tokens_per_day',
  of: 'service',
  form: wholeNumber(1, 1_000_000_000),
  fallback: undefined,
  effect:
    'How many access tokens the service may issue in a day (UTC). After that, calls that would ' +
    'issue one are refused with HTTP status 429, and `Retry-After` has the seconds until the next ' +
    'day; nothing is used up by such a call. Calls at the same time can exceed it by what they ' +
    'issue, and other processes by what they issue in about 20 seconds.',
})

export const clientsOfService = defineAttribute<number | undefined>({
  name: 'ext.quota.clients',
  of: 'service',
  form: wholeNumber(1, 100_000),
  fallback: undefined,
  effect:
    'How many clients the service may have: with so many, callers can create no further one, and ' +
    'get HTTP status 409. All clients count. Those that come by themselves have limits of their ' +
    'own, such as `ext.dcr.limit`.',
})

export const quotas = [callsPerSecond, tokensPerDay, clientsOfService]
