/** Identifiers in JWTs: issuers, audiences, subjects. A text that is empty identifies nothing. */

export const isIdentifier = (value: unknown): value is string =>
  typeof value === 'string' && value !== ''

/** A service without an issuer, or a client without an alias, is named by no value at all. */
export const isSameIdentifier = (value: unknown, known: string | undefined): boolean =>
  isIdentifier(value) && value === known

/** RFC 7519 §4.1.3: whether an audience, one text or a list of them, names one of these. */
export function isAudience(aud: unknown, ...known: readonly (string | undefined)[]): boolean {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  return named.some((each) => known.some((name) => isSameIdentifier(each, name)))
}
