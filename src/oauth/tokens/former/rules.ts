/** The refusals of refresh tokens of a former system. */
import { defineRules } from '../../../refusal.ts'

export const formerRules = defineRules('Refresh token of a former system', {
  unverified: {
    code: 'P169001',
    error: 'invalid_grant',
    spec: 'RFC 6749 §10.4',
    message:
      'The refresh token has the form of a token of the former system, but no key verifies it.',
    fix: 'Import the secrets that the former system made its tokens with, also those before the last rotation, and name their keys in `ext.formerTokens`.',
    settings: ['service.ext.formerTokens', 'service.jwks'],
  },
  expired: {
    code: 'P169004',
    error: 'invalid_grant',
    spec: 'RFC 7519 §4.1.4',
    message: 'The refresh token of the former system has expired.',
    fix: 'Ask the user to authorize again.',
    settings: ['service.ext.formerTokens'],
  },
  notImported: {
    code: 'P169002',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message:
      'The refresh token of the former system is genuine, but it was not imported, or was revoked or has expired since.',
    fix: 'Ask the user to authorize again. If many users are refused, import the tokens of the former system again: what was imported before is not changed.',
    settings: ['service.ext.formerTokens'],
  },
})
