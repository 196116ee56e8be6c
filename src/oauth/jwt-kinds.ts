/**
 * Kinds of JWTs and how to tell them apart, so that a JWT of one kind is never accepted as another:
 * RFC 8725 §3.11 and §3.12.
 */

interface Kind {
  /** Accepted types (`typ`), in lower case and without `application/`, RFC 7515 §4.1.9. */
  types: readonly string[]
  /**
   * Other accepted types. `untyped`: no type, or a generic one (`JWT`, `JOSE`). `unknown`: also any
   * type that is not listed in this file, for JWTs of other servers.
   */
  others: 'none' | 'untyped' | 'unknown'
  /** Required claims. */
  has?: readonly string[]
  /** Forbidden claims: they identify other kinds. */
  lacks?: readonly string[]
}

/** Claims about a login, OIDC Core §2 and §3.3.2.11. */
const ofLogins = ['nonce', 'at_hash', 'c_hash', 's_hash', 'auth_time', 'azp', 'sid', 'ds_hash']

/** Claims that identify introspection responses (RFC 9701 §5) and event tokens (RFC 8417). */
const ofOneKind = ['token_introspection', 'events']

const kinds = {
  /** RFC 9068 §2.1. */
  'access token': { types: ['at+jwt'], others: 'none' },
  /** OIDC Core §2. A signed UserInfo response lacks `exp`, and an authorization response `sub`. */
  'ID Token': {
    types: [],
    others: 'unknown',
    has: ['iss', 'sub', 'aud', 'exp'],
    lacks: ofOneKind,
  },
  /** RFC 9701 §5. */
  introspection: { types: ['token-introspection+jwt'], others: 'none' },
  /** RFC 9101 §10.8. A JWT with the client id as its `sub` is a client assertion. */
  'request object': { types: ['oauth-authz-req+jwt'], others: 'untyped', lacks: ofOneKind },
  /** CIBA §7.1.1. CIBA has no redirects: a JWT with a response type is a request object. */
  'backchannel request': {
    types: ['oauth-authz-req+jwt'],
    others: 'untyped',
    lacks: [...ofOneKind, 'response_type', 'redirect_uri'],
  },
  /** RFC 7523 §3; the type is from the draft that updates it. */
  'client assertion': {
    types: ['client-authentication+jwt'],
    others: 'untyped',
    has: ['iss', 'sub', 'aud'],
    lacks: [...ofOneKind, 'response_type'],
  },
  /** RFC 7523 §2.1, from an issuer that the caller trusts. */
  assertion: {
    types: ['authorization-grant+jwt', 'oauth-id-jag+jwt'],
    others: 'unknown',
    has: ['iss', 'sub', 'aud', 'exp'],
    lacks: [...ofOneKind, 'response_type'],
  },
  /** RFC 7591 §2.3. */
  'software statement': { types: [], others: 'unknown', lacks: [...ofOneKind, ...ofLogins] },
  /** The login_hint_token, CIBA §7.1: its content is defined by the deployment. */
  'login hint': { types: [], others: 'unknown', lacks: ofOneKind },
  /** RFC 8693 §3: a JWT of unspecified type, such as an access token of another server. */
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
  /** Transaction Tokens §9.1. */
  'transaction token': { types: ['txntoken+jwt'], others: 'none' },
  /** Kinds that are never accepted. */
  'logout token': { types: ['logout+jwt'], others: 'none' },
  event: { types: ['secevent+jwt'], others: 'none' },
  statement: {
    types: ['resolve-response+jwt', 'explicit-registration-response+jwt'],
    others: 'none',
  },
  /** OpenID Federation §3.1, §7.1. */
  'entity statement': { types: ['entity-statement+jwt'], others: 'none', has: ['iss', 'sub'] },
  'trust mark': { types: ['trust-mark+jwt'], others: 'none' },
  'trust mark delegation': { types: ['trust-mark-delegation+jwt'], others: 'none' },
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

/** All types of the kinds above: a JWT with one of them is of that kind only. */
const known = new Set<string>(Object.values(kinds).flatMap(({ types }) => types))

/** Types that say only that it is a JWT, RFC 7519 §5.1. */
const generic = new Set(['jwt', 'jose'])

/** The normalized type; undefined if absent or generic, null if it is not a string. */
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

/** Whether type and claims of a JWT allow this kind. The signature is checked elsewhere. */
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
 * Whether the JWT is a UserInfo or authorization response that this service signed for a client.
 * They have no type of their own (OIDC Core §5.3.2, JARM §2.1) and are not ID Tokens.
 */
export function isOwnResponse(jwt: Jwt, issuer: string | undefined): boolean {
  const { iss, aud } = jwt.claims
  if (issuer === undefined || iss !== issuer || aud === undefined) return false
  const isForUs = aud === issuer || (Array.isArray(aud) && aud.includes(issuer))
  return !isForUs && !isOfKind('ID Token', jwt)
}

/** Whether a type belongs to one of the kinds above, so that callers cannot use it for another. */
export const isReservedType = (typ: unknown): boolean => {
  const type = typeOf({ typ })
  return type === null || (type !== undefined && known.has(type))
}
