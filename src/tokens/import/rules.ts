/** Why a call that imports tokens is refused as a whole. */
import { defineCallerRules } from '../../refusal.ts'

export const importRules = defineCallerRules('Importing tokens', {
  clientUnknown: {
    code: 'P160001',
    status: 400,
    message: 'An entry names a client that the service does not have: import the clients first.',
  },
  scopeUnsupported: {
    code: 'P160002',
    status: 400,
    message:
      'An entry has a scope that the service does not support, or that the client may not request.',
  },
  subjectMissing: {
    code: 'P160003',
    status: 400,
    message: 'An entry has no subject, and its grantType is not CLIENT_CREDENTIALS.',
  },
  nothingGiven: {
    code: 'P160004',
    status: 400,
    message: 'An entry has neither an accessToken nor a refreshToken.',
  },
  repeated: {
    code: 'P160005',
    status: 400,
    message: 'Two entries of the call have the same hash.',
  },
  refreshOfClient: {
    code: 'P160006',
    status: 400,
    message:
      'An entry has a refreshToken, but a grant of CLIENT_CREDENTIALS has none (RFC 6749 §4.4.3).',
  },
  formatUnnamed: {
    code: 'P169003',
    status: 400,
    message:
      'An entry has a token of a format that ext.formerTokens of the service does not name, so that it would never be found.',
  },
  identifierMalformed: {
    code: 'P169005',
    status: 400,
    message:
      'An entry has an identifier that no token of its format has: a digest or signature is base64url without padding, and a session is JSON text.',
  },
})
