/**
 * Patterns that services and requests bring: matched in linear time, so that none can stop the
 * engine. The syntax is that of RE2. Read by: scope,
 * service-settings, transformed claims.
 */
import { RE2JS } from 're2js'

const lengthLimit = 1_000

export type Pattern = (text: string) => boolean

/** Whether a text as a whole matches. Undefined for what is no pattern, or too long to be one. */
export function compilePattern(source: string): Pattern | undefined {
  const compiled = compile(source)
  return compiled && ((text) => compiled.matches(text))
}

/** Whether a part of a text matches. */
export function compileSearch(source: string): Pattern | undefined {
  const compiled = compile(source)
  return compiled && ((text) => compiled.matcher(text).find())
}

function compile(source: string): RE2JS | undefined {
  if (source.length > lengthLimit) return undefined
  try {
    return RE2JS.compile(source)
  } catch {
    return undefined
  }
}
