/** Entity identifiers, OpenID Federation §1.2. */
import { isUrl } from '../../model/url.ts'

const lengthLimit = 2_048

/** As written, without what a parser would repair or remove: identifiers are compared as texts. */
const form = /^https:\/\/([^/?#@\\\s]+)(\/[^?#\\\s]*)?$/

/** Encoded delimiters and controls, which parsers disagree about. */
const ambiguous = /;|%(?:[01][0-9a-f]|7f|2[35f]|3[bf]|5c)|%(?![0-9a-f]{2})/i

/**
 * Whether a text is an entity identifier: an https URL of at most 2,048 printable characters in its
 * normal form, without user information, query, fragment and dot segments.
 */
export function isEntityId(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > lengthLimit || !/^[\x21-\x7e]+$/.test(text)) {
    return false
  }
  const [, , path = ''] = form.exec(text) ?? []
  if (!form.test(text) || ambiguous.test(path) || !isUrl(text)) return false
  const segments = path.split('/').map((segment) => segment.replace(/%2e/gi, '.'))
  if (segments.some((segment) => segment === '.' || segment === '..')) return false
  const { href } = new URL(text)
  return href === text || href === `${text}/`
}

/** OpenID Federation §9: where an entity publishes its configuration. */
export const configurationUrl = (entityId: string): string =>
  `${entityId.replace(/\/$/, '')}/.well-known/openid-federation`
