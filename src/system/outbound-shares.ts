/**
 * Limits of concurrent fetches: per purpose of a service, per service, and per process. Further
 * fetches fail immediately, so that a service whose fetches hang cannot use more than its share.
 */
export interface Shares {
  readonly ofPurpose: number
  readonly ofService: number
  readonly ofProcess: number
}

export const outboundShares: Shares = { ofPurpose: 20, ofService: 40, ofProcess: 400 }

/** Returns a function that releases the fetch; undefined if a limit is reached. */
export type TakeShare = (serviceId: number, purpose: string) => (() => void) | undefined

export function createShares({ ofPurpose, ofService, ofProcess }: Shares): TakeShare {
  const counts = new Map<string, number>()
  const change = (name: string, by: number) => {
    const count = (counts.get(name) ?? 0) + by
    if (count > 0) counts.set(name, count)
    else counts.delete(name)
  }
  return (serviceId, purpose) => {
    const limits = [
      ['', ofProcess],
      [`${serviceId}`, ofService],
      [`${serviceId} ${purpose}`, ofPurpose],
    ] as const
    if (limits.some(([name, limit]) => (counts.get(name) ?? 0) >= limit)) return undefined
    for (const [name] of limits) change(name, 1)
    return () => {
      for (const [name] of limits) change(name, -1)
    }
  }
}
