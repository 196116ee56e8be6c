/** The check of a URI property: its scheme, and whether it may have a query and a fragment. */
import { isUrl } from '../model/url.ts'
import type { Problem } from './property-problem.ts'

/** What a URI property allows. The schemes default to https and http; all URIs are absolute. */
interface UriRule {
  schemes?: readonly string[]
  fragment?: boolean
  query?: boolean
}

/** A problem if the text is not a URI by the rule; empty and undefined are allowed. */
export function uriProblem(
  path: string,
  text: string | undefined,
  rule: UriRule = {},
): Problem | undefined {
  if (text === undefined || text === '') return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for control characters.
  if (!isUrl(text) || /[\s\\\x00-\x1f\x7f]/.test(text))
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
