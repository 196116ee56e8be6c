/**
 * Kinds of JWTs, and what makes each: a JWT of one kind never passes for another, RFC 8725 §3.11
 * and §3.12.
 */

interface Kind {
  /** Its types (`typ`), in lower case and without `application/`, RFC 7515 §4.1.9. */
  types: readonly string[]
  /**
   * Other types that are taken: none; no type, and those that say nothing (`JWT`, `JOSE`); or
   * besides any type that is of no other kind here, for what other servers sign as they like.
   */
  others: 'none' | 'untyped' | 'unknown'
  /** Claims that it has to have. */
  has?: readonly string[]
  /** Claims that only others have. */
  lacks?: readonly string[]
}

/** Claims that tell what a server says to a client about a login, OIDC Core §2 and §3.3.2.11. */
const ofLogins = ['nonce', 'at_hash', 'c_hash', 's_hash', 'auth_time', 'azp', 'sid', 'ds_hash']

/** Claims that are the content of one kind: introspection (RFC 9701 §5), events (RFC 8417). */
const ofOneKind = ['token_introspection', 'events']

const kinds = {
  /** RFC 9068 §2.1. */
  'access token': { types: ['at+jwt'], others: 'none' },
  /** OIDC Core §2. A signed UserInfo response has no `exp`, an authorization response no `sub`. */
  'ID Token': {
    types: [],
    others: 'unknown',
    has: ['iss', 'sub', 'aud', 'exp'],
    lacks: ofOneKind,
  },
  /** RFC 9701 §5. */
  introspection: { types: ['token-introspection+jwt'], others: 'none' },
  /** RFC 9101 §10.8. Besides, one that names the client by `sub` alone is a client assertion. */
  'request object': { types: ['oauth-authz-req+jwt'], others: 'untyped', lacks: ofOneKind },
  /** CIBA §7.1.1. There are no redirects, so that a request object is told by its response type. */
  'backchannel request': {
    types: ['oauth-authz-req+jwt'],
    others: 'untyped',
    lacks: [...ofOneKind, 'response_type', 'redirect_uri'],
  },
  /** RFC 7523 §3; the type is that of the draft that revises it. */
  'client assertion': {
    types: ['client-authentication+jwt'],
    others: 'untyped',
    has: ['iss', 'sub', 'aud'],
    lacks: [...ofOneKind, 'response_type'],
  },
  /** RFC 7523 §2.1, signed by whomever the caller trusts. */
  assertion: {
    types: ['authorization-grant+jwt', 'oauth-id-jag+jwt'],
    others: 'unknown',
    has: ['iss', 'sub', 'aud', 'exp'],
    lacks: [...ofOneKind, 'response_type'],
  },
  /** RFC 7591 §2.3. */
  'software statement': { types: [], others: 'unknown', lacks: [...ofOneKind, ...ofLogins] },
  /** A hint of CIBA §7.1 that only the caller can read. */
  'login hint': { types: [], others: 'unknown', lacks: ofOneKind },
  /** RFC 8693 §3: a JWT as such, such as an access token of another server. */
  'exchanged JWT': { types: ['at+jwt'], others: 'unknown', lacks: ofOneKind },
  /** RFC 9449 §4.2. */
  'DPoP proof': { types: ['dpop+jwt'], others: 'none', has: ['jti', 'htm', 'htu', 'iat'] },
  /** Client Attestation §5.1 and §5.2. */
  attestation: { types: ['oauth-client-attestation+jwt'], others: 'none' },
  'attestation proof': { types: ['oauth-client-attestation-pop+jwt'], others: 'none' },
  /** JWT-SVID §2.3. */
  'JWT-SVID': { types: [], others: 'untyped', lacks: ofOneKind },
  /** OpenID Federation §5.2.1. */
  'key set': { types: ['jwk-set+jwt'], others: 'untyped', has: ['keys'] },
  /** Kinds that are taken nowhere. */
  'logout token': { types: ['logout+jwt'], others: 'none' },
  event: { types: ['secevent+jwt'], others: 'none' },
  statement: {
    types: [
      'entity-statement+jwt',
      'trust-mark+jwt',
      'resolve-response+jwt',
      'explicit-registration-response+jwt',
    ],
    others: 'none',
  },
  credential: {
    types: [
      'openid4vci-proof+jwt',
      'key-attestation+jwt',
      'dc+sd-jwt',
      'vc+sd-jwt',
      'kb+jwt',
      'statuslist+jwt',
    ],
    others: 'none',
  },
} as const satisfies Record<string, Kind>

/** The types that stand for something: what has one of them is that, and nothing else. */
const known = new Set<string>(Object.values(kinds).flatMap(({ types }) => types))

/** Types that say no more than that it is a JWT, RFC 7519 §5.1. */
const generic = new Set(['jwt', 'jose'])

/** Undefined for a JWT without a type of its own; null for a type that is no text. */
function typeOf({ typ }: Record<string, unknown>): string | undefined | null {
  if (typ === undefined) return undefined
  if (typeof typ !== 'string') return null
  const type = typ.toLowerCase().replace(/^application\//, '')
  return generic.has(type) ? undefined : type
}

interface Jwt {
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/** Whether a JWT may be what it is presented as, by its type and its claims. */
export function isOfKind(name: keyof typeof kinds, { header, claims }: Jwt): boolean {
  const { types, others, has = [], lacks = [] }: Kind = kinds[name]
  const type = typeOf(header)
  const isOfType =
    type === undefined
      ? others !== 'none'
      : type !== null && (types.includes(type) || (others === 'unknown' && !known.has(type)))
  const holds = (claim: string) => claims[claim] !== undefined
  return isOfType && has.every(holds) && !lacks.some(holds)
}

/**
 * What the service itself signed for somebody else and is no ID Token: a UserInfo or authorization
 * response, which have no type of their own (OIDC Core §5.3.2, JARM §2.1).
 */
export function isOwnResponse(jwt: Jwt, issuer: string | undefined): boolean {
  const { iss, aud } = jwt.claims
  if (issuer === undefined || iss !== issuer || aud === undefined) return false
  const isForUs = aud === issuer || (Array.isArray(aud) && aud.includes(issuer))
  return !isForUs && !isOfKind('ID Token', jwt)
}

/** Whether a type belongs to one kind: nobody may give it to another. */
export const isReservedType = (typ: unknown): boolean => {
  const type = typeOf({ typ })
  return type === null || (type !== undefined && known.has(type))
}
