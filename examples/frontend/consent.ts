/**
 * What a request asks the user for, in words. The page shows all of it, and a consent covers what
 * was shown: not a word more.
 */
import type { Answer } from './postern.ts'

export interface Asked {
  scopes: string[]
  /** Claims that are named one by one, OIDC Core §5.5. */
  claims: string[]
  /** Where the token is to be used, RFC 8707. */
  resources: string[]
  /** Authorization details as JSON text, RFC 9396: a real frontend words each of its types. */
  details: string[]
  /** What the client says that it wants the claims for. */
  purposes: string[]
}

export function askedOf(answer: Answer): Asked {
  const { scopes = [], dynamicScopes = [], resources = [], authorizationDetails, purpose } = answer
  return {
    scopes: [
      ...scopes.map(({ name, description }) => (description ? `${description} (${name})` : name)),
      ...dynamicScopes.map(({ value = '' }) => value),
    ],
    claims: claimsNamedIn(answer).flatMap((name) =>
      name === 'verified_claims' ? verifiedIn(answer) : [name],
    ),
    resources,
    details: (authorizationDetails?.elements ?? []).map(({ otherFields = '{}', ...element }) =>
      JSON.stringify({ ...element, ...JSON.parse(otherFields) }, null, 2),
    ),
    purposes: purpose ? [purpose] : [],
  }
}

/** A consent as it is remembered: each line that was shown, with what kind of thing it named. */
export const linesOf = (answer: Answer): string[] =>
  Object.entries(askedOf(answer)).flatMap(([kind, lines]) =>
    lines.map((line: string) => `${kind}: ${line}`),
  )

/** The claims that a request names one by one, OIDC Core §5.5; or all, where that is not told. */
export function claimsNamedIn({ claimNames, ...answer }: Answer): string[] {
  const { idTokenClaims = '{}', userInfoClaims = '{}' } = answer
  return claimNames ?? Object.keys({ ...JSON.parse(idTokenClaims), ...JSON.parse(userInfoClaims) })
}

interface Verified {
  verification?: object
  claims?: object
}

/** The names in requests for verified claims, OpenID Connect for Identity Assurance §5. */
function verifiedIn({ idTokenClaims = '{}', userInfoClaims = '{}' }: Answer): string[] {
  const requests: Verified[] = [idTokenClaims, userInfoClaims].flatMap(
    (text) => JSON.parse(text).verified_claims ?? [],
  )
  const names = requests.flatMap(({ verification, claims }) => [
    ...Object.keys(claims ?? {}).map((name) => `${name}, verified`),
    ...Object.keys(verification ?? {}).map((name) => `${name} of the verification`),
  ])
  return names.length > 0 ? [...new Set(names)] : ['verified claims']
}
