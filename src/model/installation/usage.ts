/** What is counted of a service for each day. */

/**
 * Calls by the tag of their operation, access tokens by the grant type, refusals by the result
 * code.
 */
export const usageKinds = ['call', 'token', 'refusal'] as const
export type UsageKind = (typeof usageKinds)[number]

/** What is active: a client or a user that an access token is issued for. */
export type ActivityKind = 'client' | 'subject'

export const dayMilliseconds = 86_400_000

/** The beginning of the day of a time, in UTC; both are in milliseconds since the epoch. */
export const dayOf = (time: number): number => time - (time % dayMilliseconds)
