/** Files of many services, several at a time, with progress for people who wait. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RemoteError } from '../failure.ts'

/** The files that are named, and those in folders; a name that begins with `_` is a base. */
export function filesIn(paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) throw new RemoteError('usage', `${path} does not exist.`)
    if (!found.isDirectory()) return [path]
    return readdirSync(path)
      .filter((name) => /\.(ya?ml|json)$/.test(name) && !/^[_.]/.test(name))
      .sort()
      .map((name) => join(path, name))
  })
  if (files.length === 0) throw new RemoteError('usage', 'There are no files of services.')
  return files
}

/** Does the work for each item, at most so many at a time; results are in the order of items. */
export async function eachOf<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}

export interface Progress {
  tell(done: number, total: number): void
  end(): void
}

const interval = 1_000

/** A line on standard error each second, of work that takes longer than a second. */
export function progressOf(what: string): Progress {
  let state: [number, number] = [0, 0]
  let last = ''
  const timer = setInterval(() => {
    const line = `${state[0]} of ${state[1]} ${what}\n`
    if (state[1] > 0 && line !== last) process.stderr.write(line)
    last = line
  }, interval)
  return {
    tell: (done, total) => {
      state = [done, total]
    },
    end: () => clearInterval(timer),
  }
}
