/**
 * Patterns that services and requests bring: matched in linear time, so that none can stop the
 * engine. The syntax is that of RE2. Read by: scope, service-settings.
 */
import { RE2JS } from 're2js'

const lengthLimit = 1_000

/** Whether a text as a whole matches. */
export type Pattern = (text: string) => boolean

/** Undefined for what is no pattern, or too long to be one. */
export function compilePattern(source: string): Pattern | undefined {
  if (source.length > lengthLimit) return undefined
  try {
    const compiled = RE2JS.compile(source)
    return (text) => compiled.matches(text)
  } catch {
    return undefined
  }
}
