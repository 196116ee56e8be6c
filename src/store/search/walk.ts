/** One page of a search: sources of entries, one after another, each in the order of an index. */
import { setImmediate as others } from 'node:timers/promises'

/** Where a search continues: the source, and the last entry of its index that was looked at. */
export interface SearchPlace {
  source: number
  key: string
  number: number
}
export type Place = Omit<SearchPlace, 'source'>

export interface Entry extends Place {
  /** Whether no earlier source has it. */
  isWanted: boolean
}

export interface Entries {
  found: Entry[]
  /** How many entries of the index were looked at, if more than were found. */
  looked?: number
  /** Where the source stopped to look, if it did so before its end. */
  end?: Place
}

export interface Source {
  entries(after: Place | undefined, limit: number): Promise<Entries>
}

interface Found {
  numbers: number[]
  next: SearchPlace | undefined
}

interface Walk {
  after?: SearchPlace | undefined
  limit: number
  /** Entries of indexes that one page looks at. */
  mostLooked: number
}

/** One more than the limit is looked for, which tells whether there is a next page. */
export async function walk(
  sources: readonly Source[],
  { after, limit, mostLooked }: Walk,
): Promise<Found> {
  const numbers: number[] = []
  let looked = 0
  for (let at = after?.source ?? 0; at < sources.length; at++) {
    const source = sources[at] as Source
    let place = after?.source === at ? after : { source: at, key: '', number: 0 }
    for (let isOver = false; !isOver; ) {
      const from = place.number === 0 ? undefined : place
      const entries = await source.entries(from, limit + 1)
      for (const entry of entries.found) {
        if (entry.isWanted) {
          if (numbers.length === limit) return { numbers, next: place }
          numbers.push(entry.number)
        }
        place = { source: at, key: entry.key, number: entry.number }
      }
      looked += entries.looked ?? entries.found.length
      const isFull = entries.found.length > limit
      if (!isFull && entries.end) place = { source: at, ...entries.end }
      isOver = !isFull && entries.end === undefined
      if (!isOver && looked >= mostLooked) return { numbers, next: place }
      if (!isOver) await others()
    }
  }
  return { numbers, next: undefined }
}
