/** Members by name: which differ between two servers that do the same, and which are shown. */

/** What a server makes up: compared by its shape, and another value at the other server. */
const made = new Set(
  `ticket code access_token accessToken refresh_token refreshToken id_token idToken token
  jwtAccessToken authorizationCode device_code deviceCode user_code userCode auth_req_id authReqId
  request_uri requestUri registration_access_token registrationAccessToken
  client_secret clientSecret
  newClientSecret oldClientSecret dpopNonce c_nonce cnonce attestationChallenge
  attestation_challenge jti sid sessionId grantId grant_id txn transactionId transaction_id
  notificationId notification_id credential_identifiers credentialId pre-authorized_code
  preAuthorizedCode txCode deviceSecret device_secret deviceSecretHash ds_hash at_hash c_hash
  urn:openid:params:jwt:claim:auth_req_id urn:openid:params:jwt:claim:rt_hash kid signature
  signatureInput contentDigest accessTokenHash refreshTokenHash registrationAccessTokenHash
  requestId identifier logoutId deliveryId operationId logoutToken logout_token session_state
  tokenId apiKey apiSecret serviceNumber number serviceOwnerNumber organizationId apiServerId
  developer dpop-nonce pairwiseSubjectSalt`.split(/\s+/),
)
export const isMade = (name: string): boolean => made.has(name)

/** Identifiers of clients: told by `--client`, or learned when a client is created. */
const ofClients = new Set(['clientId', 'client_id', 'clientIdentifier', 'azp', 'aud', 'sub'])
export const namesClient = (name: string): boolean => ofClients.has(name)

/** Sentences, and codes beside them: servers word them as they like. */
const worded = new Set([
  ...['resultCode', 'resultMessage', 'error_description', 'error_uri', 'errorDescription'],
])
export const isWorded = (name: string): boolean => worded.has(name)

/** Points in time, as seconds or milliseconds since the epoch. */
export const isTime = (name: string): boolean =>
  /^(exp|iat|nbf|auth_time|authTime|cnonceExpiresAt)$|(?<!updated)(At|_at)$/.test(name)

/** Points in time that follow from a lifetime, so that a difference tells of another lifetime. */
export const isExpiry = (name: string): boolean => /^exp$|expires/i.test(name)

/** Lifetimes in seconds that may be counted from the time of the call. */
export const isLifetime = (name: string): boolean =>
  /^expires_?in$|expires_in$|ExpiresIn$/i.test(name)

/** Credentials of a request, which a server knows if it issued them. */
const presented = new Set(
  `ticket code token refresh_token refreshToken accessToken
  device_code deviceCode user_code userCode
  auth_req_id authReqId request_uri requestUri subject_token actor_token authorizationCode
  registrationAccessToken id_token_hint device_secret deviceSecret`.split(/\s+/),
)
export const isPresented = (name: string): boolean => presented.has(name)

/** Credentials of an answer: who has one may use it. */
const credentials = new Set(
  `access_token id_token idToken jwtAccessToken registration_access_token pre-authorized_code
  preAuthorizedCode client_secret clientSecret newClientSecret oldClientSecret logout_token
  logoutToken credential_identifiers attestation_challenge attestationChallenge c_nonce cnonce
  urn:openid:params:jwt:claim:auth_req_id`.split(/\s+/),
)
export const isCredential = (name: string): boolean => credentials.has(name) || presented.has(name)

/** Members whose values may be shown: they are of the protocol, and of no person. */
const shown = new Set(
  `action error scope scopes token_type expires_in status alg enc typ crv kty use response_type
  responseTypes grantTypes grant_types response_types redirectUris redirect_uris realm acr_values
  max_age acr amr interval accessTokenDuration refreshTokenDuration idTokenDuration clientType
  tokenAuthMethod token_endpoint_auth_method algs resource_metadata content-type issued_token_type
  iss issuer active deliveryMode responseMode response_mode prompts mode`.split(/\s+/),
)
export const isShown = (name: string): boolean => shown.has(name)
