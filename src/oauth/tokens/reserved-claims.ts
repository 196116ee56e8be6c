/** Claims that only the engine sets. Values from callers are dropped. */

/** Claims of ID Tokens, OIDC Core §2. */
export const reservedInIdTokens: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'azp',
  'sid',
  'ds_hash',
  'urn:openid:params:jwt:claim:auth_req_id',
  'urn:openid:params:jwt:claim:rt_hash',
])

/** Claims of JWT access tokens, RFC 9068 §2.2. */
export const reservedInAccessTokens: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'jti',
  'client_id',
  'scope',
  'authorization_details',
  'cnf',
])

/** Claims of UserInfo responses, OIDC Core §5.3.2. */
export const reservedInUserInfo: ReadonlySet<string> = new Set(['iss', 'aud', 'sub'])
