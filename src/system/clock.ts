/** The clock, passed in as a dependency, so that tests can set the time. */

/** Returns the current time in milliseconds since the epoch. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
