/**
 * How many fetches may be under way at once: of one purpose of a service, of a service, and of the
 * process. What is beyond is refused at once, so that a service whose fetches hang, because
 * strangers made it ask dead servers, takes no more than its share.
 */
export interface Shares {
  readonly ofPurpose: number
  readonly ofService: number
  readonly ofProcess: number
}

export const outboundShares: Shares = { ofPurpose: 20, ofService: 40, ofProcess: 400 }

/** Undefined: the share is used up. Otherwise what gives the place back. */
export type TakePlace = (serviceId: number, purpose: string) => (() => void) | undefined

export function createShares({ ofPurpose, ofService, ofProcess }: Shares): TakePlace {
  const counts = new Map<string, number>()
  const change = (name: string, by: number) => {
    const count = (counts.get(name) ?? 0) + by
    if (count > 0) counts.set(name, count)
    else counts.delete(name)
  }
  return (serviceId, purpose) => {
    const places = [
      ['', ofProcess],
      [`${serviceId}`, ofService],
      [`${serviceId} ${purpose}`, ofPurpose],
    ] as const
    if (places.some(([name, limit]) => (counts.get(name) ?? 0) >= limit)) return undefined
    for (const [name] of places) change(name, 1)
    return () => {
      for (const [name] of places) change(name, -1)
    }
  }
}
