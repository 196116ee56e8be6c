/** What the client must know of operations. Generated: `npm run generate:documents` writes this file. */

export interface RelayRow {
  readonly status: number
  /** Where `responseContent` is sent. */
  readonly content: 'body' | 'location' | 'challenge' | 'none'
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The HTTP responses that there are. */
export const rows: readonly RelayRow[] = [
  {"status":500,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":400,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":302,"content":"location","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"text/html","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":201,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":401,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache","WWW-Authenticate":"Basic realm=\"token\""}},
  {"status":403,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":413,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"text/html","headers":{"Cache-Control":"no-store","Pragma":"no-cache","Referrer-Policy":"no-referrer"}},
  {"status":400,"content":"challenge","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":401,"content":"challenge","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":403,"content":"challenge","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":500,"content":"challenge","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"application/jwt","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"application/token-introspection+jwt","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"none","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":404,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":204,"content":"none","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":404,"content":"challenge","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":202,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":202,"content":"body","type":"application/jwt","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"application/entity-statement+jwt"},
  {"status":200,"content":"body","type":"application/jwk-set+jwt"},
  {"status":200,"content":"body","type":"application/explicit-registration-response+jwt","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"application/resolve-response+jwt","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":409,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":429,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":401,"content":"body","type":"application/json","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
  {"status":200,"content":"body","type":"application/statuslist+jwt"},
  {"status":404,"content":"none","headers":{"Cache-Control":"no-store","Pragma":"no-cache"}},
]

/** The response for each action that ends an exchange, by operation: an index of `rows`. */
export const relayTables: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '/auth/authorization': { INTERNAL_SERVER_ERROR: 0, BAD_REQUEST: 1, LOCATION: 2, FORM: 3 },
  '/auth/authorization/issue': { INTERNAL_SERVER_ERROR: 0, BAD_REQUEST: 1, LOCATION: 2, FORM: 3 },
  '/auth/authorization/fail': { INTERNAL_SERVER_ERROR: 0, BAD_REQUEST: 1, LOCATION: 2, FORM: 3 },
  '/pushed_auth_req': { CREATED: 4, BAD_REQUEST: 1, UNAUTHORIZED: 5, FORBIDDEN: 6, PAYLOAD_TOO_LARGE: 7, INTERNAL_SERVER_ERROR: 0 },
  '/auth/token': { OK: 8, BAD_REQUEST: 1, INVALID_CLIENT: 5, INTERNAL_SERVER_ERROR: 0 },
  '/auth/token/issue': { OK: 8, INTERNAL_SERVER_ERROR: 0 },
  '/auth/token/fail': { BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/nativesso': { OK: 8, INTERNAL_SERVER_ERROR: 0 },
  '/session/iframe': { OK: 9, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/logout': { LOCATION: 2, PAGE: 9, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/logout/issue': { LOCATION: 2, PAGE: 9, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/logout/fail': { LOCATION: 2, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/device/authorization': { OK: 8, BAD_REQUEST: 1, UNAUTHORIZED: 5, INTERNAL_SERVER_ERROR: 0 },
  '/backchannel/authentication': { BAD_REQUEST: 1, UNAUTHORIZED: 5, INTERNAL_SERVER_ERROR: 0 },
  '/backchannel/authentication/issue': { OK: 8, INVALID_TICKET: 0, INTERNAL_SERVER_ERROR: 0 },
  '/backchannel/authentication/fail': { BAD_REQUEST: 1, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0 },
  '/idtoken/reissue': { OK: 8, INTERNAL_SERVER_ERROR: 0 },
  '/auth/userinfo': { BAD_REQUEST: 10, UNAUTHORIZED: 11, FORBIDDEN: 12, INTERNAL_SERVER_ERROR: 13 },
  '/auth/userinfo/issue': { BAD_REQUEST: 10, UNAUTHORIZED: 11, FORBIDDEN: 12, INTERNAL_SERVER_ERROR: 13, JSON: 8, JWT: 14 },
  '/auth/introspection': { BAD_REQUEST: 10, UNAUTHORIZED: 11, FORBIDDEN: 12, INTERNAL_SERVER_ERROR: 13 },
  '/auth/introspection/standard': { OK: 8, JWT: 15, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/auth/revocation': { OK: 16, BAD_REQUEST: 1, INVALID_CLIENT: 5, INTERNAL_SERVER_ERROR: 0 },
  '/resource/metadata': { OK: 8, BAD_REQUEST: 1, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/attestation/challenge': { OK: 8, INTERNAL_SERVER_ERROR: 0 },
  '/gm': { OK: 8, NO_CONTENT: 18, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 19, CALLER_ERROR: 13, AUTHLETE_ERROR: 13 },
  '/userinfovc/parse': { NONCE: 1, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, INTERNAL_SERVER_ERROR: 0 },
  '/userinfovc/issue': { OK: 8, INTERNAL_SERVER_ERROR: 0 },
  '/vci/metadata': { OK: 8, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/vci/jwtissuer': { OK: 8, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/vci/jwks': { OK: 8, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/vci/nonce': { OK: 8, INTERNAL_SERVER_ERROR: 0 },
  '/vci/single/parse': { BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0 },
  '/vci/batch/parse': { BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0 },
  '/vci/deferred/parse': { BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0 },
  '/vci/single/issue': { BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0, OK: 8, OK_JWT: 14, ACCEPTED: 20, ACCEPTED_JWT: 21 },
  '/vci/batch/issue': { BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0, OK: 8, OK_JWT: 14, ACCEPTED: 20, ACCEPTED_JWT: 21 },
  '/vci/deferred/issue': { BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0, OK: 8, OK_JWT: 14, ACCEPTED: 20, ACCEPTED_JWT: 21 },
  '/federation/configuration': { OK: 22, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/federation/jwks': { OK: 23, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/federation/historical-keys': { OK: 23, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/federation/registration': { OK: 24, BAD_REQUEST: 1, NOT_FOUND: 17, INTERNAL_SERVER_ERROR: 0 },
  '/federation/resolve': { OK: 25, NOT_FOUND: 17, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/ssf/configuration': { OK: 8, NOT_FOUND: 17 },
  '/ssf/stream': { OK: 8, CREATED: 4, NO_CONTENT: 18, CONFLICT: 26, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 17 },
  '/ssf/status': { OK: 8, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 17 },
  '/ssf/subjects/add': { OK: 16, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 17 },
  '/ssf/subjects/remove': { NO_CONTENT: 18, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 17 },
  '/ssf/verification': { NO_CONTENT: 18, TOO_MANY_REQUESTS: 27, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 17 },
  '/ssf/poll': { OK: 8, INTERNAL_SERVER_ERROR: 0, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 12, NOT_FOUND: 17 },
  '/client/registration': { CREATED: 4, UNAUTHORIZED: 28, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/client/registration/get': { OK: 8, UNAUTHORIZED: 28, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/client/registration/update': { UPDATED: 8, UNAUTHORIZED: 28, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/client/registration/delete': { DELETED: 18, UNAUTHORIZED: 28, BAD_REQUEST: 1, INTERNAL_SERVER_ERROR: 0 },
  '/client/registration/list': { OK: 8, BAD_REQUEST: 1 },
  '/vci/notification': { NO_CONTENT: 18, BAD_REQUEST: 1, UNAUTHORIZED: 11, FORBIDDEN: 6, INTERNAL_SERVER_ERROR: 0 },
  '/vci/status/get': { OK: 29, NOT_FOUND: 30, INTERNAL_SERVER_ERROR: 0 },
}

/** Operations that create something, and take an Idempotency-Key. */
export const creating: readonly string[] = [
  '/api/service/create',
  '/api/service',
  '/api/servicetoken/create',
  '/api/organizationtoken/create',
  '/events/endpoint/create',
  '/client/create',
]

/** Operations by GET that change something. */
export const changingByGet: readonly string[] = [
  '/hsk/delete/{handle}',
  '/client/secret/refresh/{clientIdentifier}',
]
