/** The refusals of the refresh token grant, RFC 6749 §6. */
import { defineRules } from '../../refusal.ts'

export const rules = defineRules('Refresh token', {
  missing: {
    code: 'P021001',
    error: 'invalid_request',
    spec: 'RFC 6749 §6',
    message: 'The parameter refresh_token is required.',
    fix: 'Send the `refresh_token` of the last token response.',
  },
  unknown: {
    code: 'P021002',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The refresh token is unknown, revoked or expired.',
    fix: 'Ask the user to authorize again, or give refresh tokens a longer lifetime.',
    settings: ['service.refreshTokenDuration', 'client.extension'],
  },
  otherClient: {
    code: 'P021003',
    error: 'invalid_grant',
    spec: 'RFC 6749 §6',
    message: 'The refresh token was issued to another client.',
    fix: 'Refresh with the client that got the token.',
    settings: ['client.clientId'],
  },
  used: {
    code: 'P021004',
    error: 'invalid_grant',
    spec: 'RFC 9700 §4.14.2',
    message: 'The refresh token has been replaced by a new one.',
    fix: 'Store the refresh token of each response in place of the one before.',
    settings: ['service.refreshTokenKept', 'service.ext.refresh.window'],
  },
  replayed: {
    code: 'P021005',
    error: 'invalid_grant',
    spec: 'RFC 9700 §4.14.2',
    message: 'A replaced refresh token was used again: the tokens of its grant are revoked.',
    fix: 'Store the refresh token of each response in place of the one before; do not refresh concurrently. The user must authorize again.',
    settings: ['service.refreshTokenKept', 'service.ext.refresh.window'],
  },
})
