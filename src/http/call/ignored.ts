/** Members of requests that have no effect, in the log. */
import type { Log } from '../../system/log.ts'

const mostIgnored = 1_000
/** Paths that look like property names. Other text is not logged: it may contain a secret. */
const propertyPath = /^(?:[A-Za-z_]{1,40}|\d{1,4})(?:\.(?:[A-Za-z_]{1,40}|\d{1,4}))*$/

/**
 * Logs each ignored member of an operation only once, because clients repeat it with every call.
 * The metric counts all of them.
 */
export function ignoredNotes(log: Log) {
  const noted = new Set<string>()
  return (requestId: string, operation: string, ignored: readonly string[]): void => {
    const names = ignored.map((path) => (propertyPath.test(path) ? path : '?'))
    const news = names.filter((name) => !noted.has(`${operation} ${name}`))
    if (news.length === 0 || noted.size >= mostIgnored) return
    for (const name of news) noted.add(`${operation} ${name}`)
    log.warn({ requestId, operation, ignored: news }, 'members of a request had no effect')
  }
}
