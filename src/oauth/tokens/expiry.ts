/** When access tokens expire, in milliseconds since the epoch. */

/** The stored expiry of a token that does not expire. */
export const never = Number.MAX_SAFE_INTEGER

/** The expiry in responses: 0 if the token does not expire. */
export const shownExpiry = (expiresAt: number): number => (expiresAt === never ? 0 : expiresAt)

/** The rest of the lifetime in seconds; 0 if the token does not expire. */
export const secondsLeft = (expiresAt: number, now: number): number =>
  expiresAt === never ? 0 : Math.floor((expiresAt - now) / 1000)
