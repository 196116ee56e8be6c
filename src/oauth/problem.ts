/** Problems of a document that a caller wants to store: the path of a property and a message. */
import { parseJson } from '../model/json.ts'

export interface Problem {
  path: string
  message: string
}

/** What a URI property allows. The schemes default to https and http; all URIs are absolute. */
export interface UriRule {
  schemes?: readonly string[]
  fragment?: boolean
  query?: boolean
}

/** Schemes that a browser executes or renders instead of navigating to a server. */
export const dangerousSchemes = ['javascript:', 'data:', 'vbscript:', 'file:', 'about:', 'blob:']

/** A problem if the text is not a URI by the rule; empty and undefined are allowed. */
export function uriProblem(
  path: string,
  text: string | undefined,
  rule: UriRule = {},
): Problem | undefined {
  if (text === undefined || text === '') return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for control characters.
  if (!URL.canParse(text) || /[\s\\\x00-\x1f\x7f]/.test(text))
    return { path, message: 'Expected an absolute URI.' }
  const url = new URL(text)
  const { schemes = ['https:', 'http:'], fragment = false, query = true } = rule
  if (!schemes.includes(url.protocol)) {
    const names = schemes.map((scheme) => scheme.replace(/:$/, '')).join(' or ')
    return { path, message: `Expected a URI with the scheme ${names}.` }
  }
  if (!fragment && text.includes('#')) return { path, message: 'The URI must not have a fragment.' }
  if (!query && text.includes('?')) return { path, message: 'The URI must not have a query.' }
  return undefined
}

export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)

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
