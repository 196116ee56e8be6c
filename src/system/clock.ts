/** The time, passed in wherever it is needed, so that a test can set it. */

/** The time now, in milliseconds since the epoch. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
