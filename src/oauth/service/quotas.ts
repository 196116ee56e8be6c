/** Quotas of a service: what one tenant may take of what all share. All are off by default. */
import { backlogAttribute, longestBacklog, usualBacklog } from '../../model/events/backlog.ts'
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

const countedLater =
  'Rows are counted in the background: each process knows what it stores itself at once, except ' +
  'during a count, and what others store, or what was deleted or has expired, after 10 seconds or ' +
  'more where there are millions. A process that has just started serves until it has counted.'

export const tokensOfService = defineAttribute<number | undefined>({
  name: 'ext.quota.tokens',
  of: 'service',
  form: wholeNumber(1, 1_000_000_000),
  fallback: undefined,
  effect:
    'How many access and refresh tokens of the service may be stored. With so many, calls that ' +
    'would issue an access token are refused with HTTP status 429 and `Retry-After`; tokens that ' +
    `exist stay as they are. ${countedLater}`,
})

export const grantsOfService = defineAttribute<number | undefined>({
  name: 'ext.quota.grants',
  of: 'service',
  form: wholeNumber(1, 1_000_000_000),
  fallback: undefined,
  effect:
    'How many grants of users the service may store: the granted scopes of each user and client, ' +
    'and the grants that clients manage. With so many, calls that would store another one are ' +
    'refused with HTTP status 429 and `Retry-After`; a user who has granted scopes to the client ' +
    `before is served. ${countedLater}`,
})

export const waitingEvents = defineAttribute<number>({
  name: backlogAttribute,
  of: 'service',
  form: wholeNumber(1, longestBacklog),
  fallback: usualBacklog,
  effect:
    'How many events may wait for each endpoint of the service. Further ones are not kept for it, ' +
    'and counted: the endpoint shows how many were dropped, and since when. They are counted in ' +
    'the background, each 10 seconds at most, so that several processes can exceed it by what ' +
    'they store in that time.',
})

export const quotas = [
  callsPerSecond,
  tokensPerDay,
  clientsOfService,
  tokensOfService,
  grantsOfService,
  waitingEvents,
]
