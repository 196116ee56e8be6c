/** Identifiers in JWTs: issuers, audiences, subjects. An empty string is not an identifier. */

export const isIdentifier = (value: unknown): value is string =>
  typeof value === 'string' && value !== ''

/** False for an undefined `known`: a service without an issuer matches no value. */
export const isSameIdentifier = (value: unknown, known: string | undefined): boolean =>
  isIdentifier(value) && value === known

/** RFC 7519 §4.1.3: whether an audience (a string or a list) contains one of these. */
export function isAudience(aud: unknown, ...known: readonly (string | undefined)[]): boolean {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  return named.some((each) => known.some((name) => isSameIdentifier(each, name)))
}
