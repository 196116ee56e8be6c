/** What is wrong with a property of a document that a caller wants to store. */
import { parseJson } from '../model/json.ts'

export interface Problem {
  /** The path of the property. */
  path: string
  message: string
}

/** A problem if the text is not a JSON object; empty and undefined are allowed. */
export function jsonProblem(path: string, text: string | undefined): Problem | undefined {
  if (!text) return undefined
  try {
    const parsed: unknown = parseJson(text)
    const isObject = typeof parsed === 'object' && parsed !== null
    return isObject ? undefined : { path, message: 'Expected the text of a JSON object.' }
  } catch {
    return { path, message: 'Expected the text of a JSON object.' }
  }
}

export function duplicateProblem(path: string, values: readonly string[]): Problem | undefined {
  const seen = new Set<string>()
  const repeated = values.find((value) => seen.size === seen.add(value).size)
  return repeated === undefined ? undefined : { path, message: `${repeated} is listed twice.` }
}

/** The problems among the results of many checks, in their order. */
export const problemsOf = (found: readonly (Problem | undefined)[]): Problem[] =>
  found.filter((problem) => problem !== undefined)
