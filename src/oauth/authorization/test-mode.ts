/**
 * Test mode: a client under development may use redirect URIs that it has not registered. Service
 * and client must both allow it, and tokens of such requests are marked.
 */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type AttributeForm, defineAttribute, flag } from '../attribute.ts'
import { policyOf, serviceProfile } from '../policy.ts'
import { isLoopback, splitUri } from '../uri.ts'
import { isRegisteredUri, type RedirectUri } from './redirect-uri.ts'

const rules = defineRules('Test mode', {
  unsafe: {
    code: 'P105001',
    error: 'invalid_request',
    spec: 'RFC 9700 §4.1.3',
    message:
      'An unregistered redirect_uri of a client in test mode must have the scheme https, or http ' +
      'with localhost, 127.0.0.1 or [::1], and no fragment.',
    fix: 'Register the redirect URI, or use https, or http with a loopback address, and no fragment.',
    settings: ['client.redirectUris', 'client.ext.test_mode', 'service.ext.test_mode.allowed'],
  },
})

const instant: AttributeForm<number> = {
  parse(text) {
    const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/
    const value = form.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(value) ? undefined : value
  },
  expected: 'a time with its zone in ISO 8601, such as `2026-12-31T23:59:59Z`',
}

const ofClient = defineAttribute({
  name: 'ext.test_mode',
  of: 'client',
  form: flag,
  fallback: false,
  effect:
    'The client may use redirect URIs that it has not registered: https, or http on the loopback ' +
    'interface. The service must allow it (`ext.test_mode.allowed`). Tokens of such requests are ' +
    'marked `test`.',
})

const allowed = defineAttribute({
  name: 'ext.test_mode.allowed',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'Clients with `ext.test_mode` may use redirect URIs that they have not registered, unless the ' +
    'service has `ext.profile`, or service or client uses FAPI.',
})

const until = defineAttribute({
  name: 'ext.test_mode.until',
  of: 'service',
  form: instant,
  fallback: Number.POSITIVE_INFINITY,
  effect: 'When `ext.test_mode.allowed` ends; without it, test mode does not end.',
})

const uriLength = 2_048

/** The redirect URI of a request, if it is accepted only because of test mode. */
export function testRedirectUri(
  requested: string | undefined,
  client: Client,
  service: Service,
  now: number,
): RedirectUri | undefined {
  if (requested === undefined || !isInTestMode(client, service, now)) return undefined
  if (isRegisteredUri(requested, client, service)) return undefined
  if (!isSafe(requested)) refuse(rules.unsafe, { parameter: 'redirect_uri', given: requested })
  return { redirectUri: requested, redirectUriGiven: true, test: true }
}

/** A security profile excludes test mode, also one that only the scopes of a request select. */
function isInTestMode(client: Client, service: Service, now: number): boolean {
  if (!ofClient.read(client) || !allowed.read(service) || now >= until.read(service)) return false
  const maySelectProfile = service.supportedServiceProfiles?.includes('FAPI') === true
  const isProfiled = serviceProfile.read(service) !== undefined
  return !maySelectProfile && !isProfiled && !policyOf(service, client).financialGrade
}

function isSafe(uri: string): boolean {
  const parts = uri.length <= uriLength ? splitUri(uri) : undefined
  if (!parts || parts.userinfo !== undefined || parts.rest.includes('#')) return false
  return parts.scheme === 'https' || (parts.scheme === 'http' && isLoopback(parts))
}
