/** Settings of a service that sends security events, OpenID Shared Signals Framework 1.0. */
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type AttributeForm, defineAttribute, oneOf, wholeNumber, words } from '../attribute.ts'
import { uriProblem } from '../uri-property.ts'
import { isSignalType, type SignalType, signalTypes, uriOf } from './event-types.ts'

const rules = defineRules('Shared signals', {
  off: {
    code: 'P167001',
    error: 'not_found',
    spec: 'SSF §7.1',
    message: 'The service sends no security events.',
    fix: 'Set the attribute `ext.ssf.base` and the issuer of the service.',
    settings: ['service.ext.ssf.base', 'service.issuer'],
  },
})

const baseUrl: AttributeForm<string | undefined> = {
  parse(text) {
    const problem = uriProblem('base', text, { schemes: ['https:'], query: false })
    return text === '' || text.length > 1_024 || text.endsWith('/') || problem ? undefined : text
  },
  expected: 'an https URL without a query, a fragment, and a slash at its end',
}

const base = defineAttribute<string | undefined>({
  name: 'ext.ssf.base',
  of: 'service',
  form: baseUrl,
  fallback: undefined,
  effect:
    'The service sends security events. Its frontend serves the endpoints for receivers below ' +
    'this URL: `/stream`, `/status`, `/subjects/add`, `/subjects/remove`, `/verification` and ' +
    '`/poll`.',
  spec: 'SSF §7.1',
})

const supportedTypes = defineAttribute<readonly string[] | undefined>({
  name: 'ext.ssf.events',
  of: 'service',
  form: words(
    isSignalType,
    signalTypes.length,
    `of ${signalTypes.map((type) => `\`${type}\``).join(', ')}`,
  ),
  fallback: ['session-revoked', 'token-claims-change', 'credential-change'],
  effect: 'The types of security events that receivers can request.',
  spec: 'SSF §8.1.1',
})

const defaultSubjects = defineAttribute({
  name: 'ext.ssf.default_subjects',
  of: 'service',
  form: oneOf('ALL', 'NONE'),
  fallback: 'ALL',
  effect:
    'With `ALL`, a stream has the events of all subjects but those that its receiver removes. ' +
    'With `NONE`, only those of subjects that its receiver adds.',
  spec: 'SSF §7.1',
})

const algorithm = defineAttribute({
  name: 'ext.ssf.algorithm',
  of: 'service',
  form: oneOf(...asymmetricAlgorithms),
  fallback: 'RS256',
  effect: 'The algorithm that signs security events.',
  spec: 'RFC 8417 §2.2',
})

const sessionSubject = defineAttribute({
  name: 'ext.ssf.session_subject',
  of: 'service',
  form: oneOf('session', 'user'),
  fallback: 'session',
  effect:
    'With `session`, the end of a session names the user and the session, as a complex subject. ' +
    'With `user`, it names only the user, for receivers that know no complex subjects: for them, ' +
    'all sessions of the user are revoked.',
  spec: 'CAEP §3.1',
})

const verificationSeconds = defineAttribute({
  name: 'ext.ssf.min_verification_seconds',
  of: 'service',
  form: wholeNumber(0, 86_400),
  fallback: 30,
  effect: 'The number of seconds between two verifications of a stream that a receiver requests.',
  spec: 'SSF §8.1.1',
})

export interface SignalSettings {
  issuer: string
  base: string
  /** Short names of types. */
  types: readonly SignalType[]
  defaultSubjects: 'ALL' | 'NONE'
  algorithm: string
  sessionSubject: 'session' | 'user'
  verificationSeconds: number
}

/** The settings; undefined if the service sends no security events. */
export function signalSettings(
  service: Pick<Service, 'attributes' | 'issuer'>,
): SignalSettings | undefined {
  const url = base.read(service)
  const { issuer } = service
  if (url === undefined || !issuer) return undefined
  return {
    issuer,
    base: url,
    types: (supportedTypes.read(service) ?? []).filter(isSignalType),
    defaultSubjects: defaultSubjects.read(service),
    algorithm: algorithm.read(service),
    sessionSubject: sessionSubject.read(service),
    verificationSeconds: verificationSeconds.read(service),
  }
}

export const requireSignals = (service: Pick<Service, 'attributes' | 'issuer'>): SignalSettings =>
  signalSettings(service) ?? refuse(rules.off)

/** URIs of delivery methods, RFC 8935 and RFC 8936. */
export const methodUris = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const

/** The document for `/.well-known/ssf-configuration`, SSF §7.1. */
export function transmitterMetadata(
  service: Pick<Service, 'attributes' | 'issuer' | 'jwksUri'>,
): Record<string, unknown> {
  const settings = requireSignals(service)
  const at = (path: string) => `${settings.base}${path}`
  return {
    spec_version: '1_0',
    issuer: settings.issuer,
    ...(service.jwksUri ? { jwks_uri: service.jwksUri } : {}),
    delivery_methods_supported: Object.values(methodUris),
    configuration_endpoint: at('/stream'),
    status_endpoint: at('/status'),
    add_subject_endpoint: at('/subjects/add'),
    remove_subject_endpoint: at('/subjects/remove'),
    verification_endpoint: at('/verification'),
    // Receivers present access tokens of this issuer, RFC 6749.
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: settings.defaultSubjects,
  }
}

/** URIs of the types that receivers can request. */
export const supportedUris = ({ types }: SignalSettings): string[] => types.map(uriOf)
