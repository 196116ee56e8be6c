/** URLs, WHATWG URL. */

/**
 * The URL of a text; undefined if it is none. `URL.canParse` of Node 20 is wrong: once it is
 * compiled, it refuses every text with a character such as `ü`.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

export const isUrl = (text: string): boolean => parseUrl(text) !== undefined
