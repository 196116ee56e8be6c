/** Dynamic client registration, RFC 7591, RFC 7592 and OIDC Registration. */

import { type Client, ClientDocument } from '../../model/client/client.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, type Rule, refuse } from '../../refusal.ts'
import type { Problem } from '../property-problem.ts'
import { requestableScopes as requestableScopesOf } from '../scope.ts'
import { defaultSigningAlgorithm } from '../service/signing-support.ts'
import { customMetadata, isAcceptable, type Metadata, parseMetadata } from './foreign-metadata.ts'
import { beyondMetadata, memberOf, readClientMetadata } from './metadata-names.ts'
import { keySetText } from './pem-key-set.ts'
import { registrationSettings } from './registration-settings.ts'
import { about, chooseMethod, chooseTypes } from './requested-types.ts'

const rules = defineRules('Dynamic registration', {
  unsupported: {
    code: 'P088001',
    error: 'invalid_request',
    spec: 'RFC 7591 §3',
    message: 'The service does not support dynamic client registration.',
    fix: 'Let the service accept registrations, or create the client through the API.',
    settings: ['service.dynamicRegistrationSupported'],
  },
  malformed: {
    code: 'P088002',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §3.1',
    message: 'The client metadata must be a JSON object.',
    fix: 'Send the client metadata as a JSON object of well-formed text with at most 32 levels.',
  },
  invalidMember: {
    code: 'P088003',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §3.2.2',
    message: 'A member of the client metadata has the wrong type or an unknown value.',
    fix: 'Send the member that the message names with the type and a value of RFC 7591 §2.',
  },
  invalidRedirectUri: {
    code: 'P088004',
    error: 'invalid_redirect_uri',
    spec: 'RFC 7591 §3.2.2',
    message: 'A redirect URI is not valid.',
    fix: 'Register absolute redirect URIs without a fragment that fit the application type.',
  },
  unacceptable: {
    code: 'P088005',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §3.2.2',
    message: 'A member of the client metadata is not valid.',
    fix: 'Correct the member that the message names.',
  },
  softwareKnown: {
    code: 'P088008',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §3.2.2',
    message: 'A client with this software_id is already registered.',
    fix: 'Update the client that is registered, or let the service accept duplicates.',
    settings: ['service.dcrDuplicateSoftwareIdBlocked', 'client.softwareId'],
  },
  tooManyClients: {
    code: 'P088009',
    error: 'invalid_request',
    spec: 'RFC 7591 §5',
    message: 'The service has reached its limit of clients that registered themselves.',
    fix: 'Raise the limit, or let unused clients be removed earlier.',
    settings: ['service.ext.dcr.limit', 'service.ext.dcr.unused_days'],
  },
  initialTokenMissing: {
    code: 'P088010',
    error: 'invalid_token',
    spec: 'RFC 7591 §3',
    message: 'An initial access token is required to register a client.',
    fix: 'Send an initial access token with the required scopes in the Authorization header.',
    settings: ['service.ext.dcr.required_scopes'],
  },
})

export const { initialTokenMissing, softwareKnown, tooManyClients } = rules

export function requireRegistration(service: Service): void {
  if (!service.dynamicRegistrationSupported) refuse(rules.unsupported)
}

/** The client metadata of a request, RFC 7591 §3.1. */
export const requireMetadata = (text: string | undefined): Metadata =>
  parseMetadata(text ?? '') ?? refuse(rules.malformed)

/**
 * The settings of the client that metadata describe. An update keeps the properties of `former`
 * that only callers set, and drops metadata that are absent, RFC 7592 §2.2.
 */
export function registeredDocument(
  metadata: Metadata,
  service: Service,
  former?: Client,
): ClientDocument {
  // The members from a software statement have not been checked yet.
  if (!isAcceptable(metadata, 0)) refuse(rules.malformed, 'nested too deeply, or with invalid text')
  const { properties, wrong } = readClientMetadata(metadata)
  if (wrong) refuse(about(rules.invalidMember, wrong))
  const tokenAuthMethod = chooseMethod(metadata, properties['tokenAuthMethod'], service)
  const parsed = ClientDocument.safeParse({
    ...beyondMetadata(former ?? {}),
    ...properties,
    ...chooseTypes(metadata, properties, service),
    idTokenSignAlg: properties['idTokenSignAlg'] ?? defaultSigningAlgorithm(service),
    tokenAuthMethod,
    clientType: tokenAuthMethod === 'NONE' ? 'PUBLIC' : 'CONFIDENTIAL',
    customMetadata: customMetadata(metadata, [
      'software_statement',
      ...(service.supportedCustomClientMetadata ?? []),
    ]),
    extension: chooseExtension(metadata, service, former),
  })
  if (!parsed.success) {
    refuse(about(rules.invalidMember, memberOf(String(parsed.error.issues[0]?.path[0]))))
  }
  requireSecureLogin(parsed.data)
  return parsed.data
}

/** OIDC Registration §2: initiate_login_uri is https. */
function requireSecureLogin({ loginUri }: ClientDocument): void {
  if (loginUri && !/^https:\/\//i.test(loginUri)) {
    refuse(about(rules.unacceptable, 'initiate_login_uri', 'The scheme must be https.'))
  }
}

/**
 * With `dcrScopeUsedAsRequestable`, the member `scope` is the list of scopes of the client. A new
 * client without such a list gets the default of the service.
 */
function chooseExtension(
  { scope }: Record<string, unknown>,
  service: Service,
  former: Client | undefined,
) {
  if (!isAbsent(scope) && typeof scope !== 'string') refuse(about(rules.invalidMember, 'scope'))
  const asked =
    typeof scope === 'string' && service.dcrScopeUsedAsRequestable ? scope.split(' ') : undefined
  const byDefault = former ? undefined : registrationSettings.defaultScopes.read(service)
  const extension = former?.extension
  const listed = asked ?? byDefault
  if (!listed) return extension
  const words = new Set(listed)
  const requestable = requestableScopesOf(service, { dynamicallyRegistered: true })
  const requestableScopes = requestable.map(({ name }) => name).filter((name) => words.has(name))
  return { ...extension, requestableScopesEnabled: true, requestableScopes }
}

/** Refuses a registration because of a problem that the checks of client metadata found. */
export function refuseProblem({ path, message }: Problem): never {
  const member = memberOf(path)
  const rule = member === 'redirect_uris' ? rules.invalidRedirectUri : rules.unacceptable
  refuse(about(rule, member, message), path)
}

/** The metadata with a JWK Set in place of keys in PEM. */
export async function withKeySet(metadata: Metadata): Promise<Metadata> {
  if (typeof metadata['jwks'] !== 'string') return metadata
  const read = await keySetText('jwks', metadata['jwks'])
  if ('problem' in read) refuseProblem(read.problem)
  return read.text === metadata['jwks']
    ? metadata
    : { ...metadata, jwks: parseJson(String(read.text)) }
}

const isAbsent = (value: unknown) => value === undefined || value === null

/** The software_id that must be unique in the service; undefined if there is none to check. */
export const uniqueSoftware = (
  { dcrDuplicateSoftwareIdBlocked }: Service,
  { softwareId }: ClientDocument,
  former?: Client,
): string | undefined =>
  dcrDuplicateSoftwareIdBlocked && softwareId !== former?.softwareId ? softwareId : undefined

/** Errors about tokens and credentials. The contract has no action for status 403. */
const challenged: readonly string[] = [
  ...['invalid_token', 'invalid_client', 'insufficient_scope'],
  ...['invalid_dpop_proof', 'use_dpop_nonce'],
]

/** Without `unauthorizedOnClientConfigSupported`, a wrong token or secret is a bad request. */
export const registrationAction = (rule: Rule, service: Service) =>
  challenged.includes(rule.error) && service.unauthorizedOnClientConfigSupported
    ? ('UNAUTHORIZED' as const)
    : ('BAD_REQUEST' as const)
