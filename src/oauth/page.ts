/** HTML pages: escaping, and sources of a Content-Security-Policy. */
import { hash } from 'node:crypto'

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes control characters too, so that the page contains only its own line breaks. */
export const escapeHtml = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for control characters.
    /[&<>"'\x00-\x1f\x7f]/g,
    (character) => entities[character] ?? `&#${character.charCodeAt(0)};`,
  )

/** The source of one inline script or style: its hash. */
export const inlineSource = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`

/** Proxies refuse long header fields. */
const sourcesLength = 4_000

/** All origins of the web. */
export const anyOrigin = 'https: http:'

/**
 * The sources of the origins of http and https URIs. A host that the syntax of policies does not
 * allow, such as an IPv6 address or one with a semicolon, is replaced by its scheme.
 */
export function originSources(uris: readonly string[]): string {
  const sources = uris.flatMap((uri) => {
    const { protocol, hostname, origin } = new URL(uri)
    if (protocol !== 'https:' && protocol !== 'http:') return []
    return [/^[a-z\d_-]+(\.[a-z\d_-]+)*$/.test(hostname) ? origin : protocol]
  })
  const text = [...new Set(sources)].join(' ')
  return text.length <= sourcesLength ? text : anyOrigin
}
