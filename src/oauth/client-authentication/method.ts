/** Client identification and authentication methods, RFC 6749 §2.3. */
import { headerOf } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import type { Parameters } from '../parameters.ts'
import type { Policy } from '../policy.ts'
import { acceptedMethods } from './accepted-methods.ts'

const rules = defineRules('Client authentication', {
  clientIdMissing: {
    code: 'P010001',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3',
    message: 'The request does not identify a client: send a client_id.',
    fix: "Send `client_id`, or pass on the parts of the client's Authorization header as `clientId` and `clientSecret`.",
  },
  twoMethods: {
    code: 'P010002',
    error: 'invalid_request',
    spec: 'RFC 6749 §2.3',
    message: 'The request uses more than one client authentication method: use one.',
    fix: 'Send credentials in one place only: the Authorization header, or `client_secret`, or an assertion.',
    settings: ['client.tokenAuthMethod'],
  },
  clientIdsDiffer: {
    code: 'P010003',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3.1',
    message: 'The request contains two different client ids.',
    fix: 'Send the same client id in the body and in the Authorization header, or in one of them only.',
  },
  assertionTypeUnknown: {
    code: 'P010004',
    error: 'invalid_client',
    spec: 'RFC 7523 §2.2',
    message: 'The client_assertion_type must be that of a JWT, and requires a client_assertion.',
    fix: 'Send `client_assertion` together with the `client_assertion_type` of its kind.',
    settings: ['client.tokenAuthMethod'],
  },
  failed: {
    code: 'P010005',
    error: 'invalid_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is unknown, or the client authentication failed.',
    fix: 'Check the client id and the secret; a secret in the Authorization header is form-encoded first (RFC 6749 §2.3.1).',
    settings: ['client.clientId', 'client.clientSecret'],
  },
  methodMismatch: {
    code: 'P010006',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message: 'The client authentication method does not match the registered method.',
    fix: 'Let the client authenticate by the registered method, or register the method that it uses.',
    settings: ['client.tokenAuthMethod'],
  },
  methodUnsupported: {
    code: 'P010007',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3',
    message: 'The client authentication method is not supported by the service.',
    fix: 'Add the method to the list of the endpoint, or register another method for the client.',
    settings: ['service.supportedTokenAuthMethods', 'client.tokenAuthMethod'],
  },
  locked: {
    code: 'P010008',
    error: 'invalid_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is locked.',
    fix: 'Unlock the client if it may be used again.',
    settings: ['client.locked'],
  },
  deleted: {
    code: 'P010009',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client or its service was deleted while the request was processed.',
    fix: 'Create the client again; nothing was stored for the request.',
  },
})

/** The rule for wrong credentials, which tells nothing about the client. */
export const authenticationFailed = rules.failed

/** The rule for a client that is deleted before the rows of its request are written. */
export const clientDeleted = rules.deleted

export const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const jwtSpiffe = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'

/** Credentials from the headers and the TLS connection, RFC 6749 §2.3.1, RFC 8705 §2. */
export interface HeaderCredentials {
  clientId?: string | undefined
  clientSecret?: string | undefined
  clientCertificate?: string | undefined
  clientCertificatePath?: string[] | undefined
  oauthClientAttestation?: string | undefined
  oauthClientAttestationPop?: string | undefined
}

export type Credentials =
  | { kind: 'none'; clientId: string | undefined }
  | { kind: 'certificate'; clientId: string; certificate: string }
  | { kind: 'basic' | 'post'; clientId: string; secret: string }
  | { kind: 'attestation'; clientId: string | undefined; attestation: string; proof: string }
  | { kind: 'assertion' | 'spiffe'; clientId: string | undefined; assertion: string }

const attemptNames = [
  'the Authorization header',
  'client_secret',
  'client_assertion',
  'OAuth-Client-Attestation',
]

/**
 * Finds the credentials of a request, RFC 6749 §2.3: a client must not use more than one method. A
 * certificate in addition to another method only binds tokens.
 */
export function presentedCredentials(
  parameters: Parameters,
  header: HeaderCredentials,
): Credentials {
  const clientId = parameters.get('client_id')
  const secret = parameters.get('client_secret')
  const assertion = presentedAssertion(parameters)
  // A public client may send its client_id in the header with an empty password.
  const usesBasic = header.clientId !== undefined && !!header.clientSecret
  const { oauthClientAttestation: attestation, oauthClientAttestationPop: proof } = header
  const isAttested = !!attestation || !!proof
  const attempts = [usesBasic, secret !== undefined, assertion !== undefined, isAttested]
  check(attempts.filter((attempted) => attempted).length <= 1, rules.twoMethods, () => ({
    given: attemptNames.filter((_, index) => attempts[index]),
  }))
  const isOne = !header.clientId || clientId === undefined || header.clientId === clientId
  check(isOne, rules.clientIdsDiffer, () => ({
    parameter: 'client_id',
    given: clientId,
    expected: header.clientId,
  }))
  const named = header.clientId || clientId
  if (assertion !== undefined) {
    const isSpiffe = parameters.get('client_assertion_type') === jwtSpiffe
    return { kind: isSpiffe ? 'spiffe' : 'assertion', clientId: named, assertion }
  }
  if (isAttested) {
    const given = { attestation: attestation ?? '', proof: proof ?? '' }
    return { kind: 'attestation', clientId: named, ...given }
  }
  if (named === undefined) {
    if (secret !== undefined) refuse(rules.clientIdMissing)
    return { kind: 'none', clientId: undefined }
  }
  if (usesBasic) return { kind: 'basic', clientId: named, secret: header.clientSecret ?? '' }
  if (secret !== undefined) return { kind: 'post', clientId: named, secret }
  const { clientCertificate: certificate } = header
  if (certificate) return { kind: 'certificate', clientId: named, certificate }
  return { kind: 'none', clientId: named }
}

/** Whether a request contains neither credentials nor a client id. */
export function isAnonymous(parameters: Parameters, header: HeaderCredentials): boolean {
  const { kind, clientId } = presentedCredentials(parameters, header)
  return kind === 'none' && clientId === undefined
}

function presentedAssertion(parameters: Parameters): string | undefined {
  const assertion = parameters.get('client_assertion')
  const type = parameters.get('client_assertion_type')
  if (assertion === undefined && type === undefined) return undefined
  const isKnown = type === jwtBearer || type === jwtSpiffe
  check(assertion !== undefined && isKnown, rules.assertionTypeUnknown, () => ({
    parameter: 'client_assertion_type',
    given: type,
    expected: [jwtBearer, jwtSpiffe],
    note: assertion === undefined ? 'The client_assertion is missing.' : undefined,
  }))
  return assertion
}

export const requireClientId = (clientId: string | undefined): string =>
  clientId ?? refuse(rules.clientIdMissing)

/** An unknown client is refused like a wrong secret, RFC 6749 §5.2. */
export const requireClient = (client: Client | undefined, named: string): Client =>
  client ??
  refuse(rules.failed, {
    parameter: 'client_id',
    given: named.slice(0, 100),
    note: 'The client is unknown: no client of the service has this id or alias.',
  })

/** The methods that each kind of credentials may belong to. */
const methods: Record<Credentials['kind'], readonly ClientAuthMethod[]> = {
  none: ['NONE'],
  // A public client may present a certificate to bind its tokens to it.
  certificate: ['TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH', 'NONE'],
  basic: ['CLIENT_SECRET_BASIC'],
  post: ['CLIENT_SECRET_POST'],
  attestation: ['ATTEST_JWT_CLIENT_AUTH'],
  assertion: ['PRIVATE_KEY_JWT', 'CLIENT_SECRET_JWT'],
  spiffe: ['SPIFFE_JWT'],
}

/** What the request contains, for the caller. */
const kindNames: Record<Credentials['kind'], string> = {
  none: 'no credentials',
  certificate: 'a client certificate',
  basic: 'a secret in the Authorization header',
  post: 'a secret in the body',
  attestation: 'a client attestation',
  assertion: 'a client assertion',
  spiffe: 'a SPIFFE SVID',
}

/** The method with a secret that evidence names. */
export const secretMethodNamed = (given: unknown): ClientAuthMethod | undefined => {
  if (given === kindNames.basic) return 'CLIENT_SECRET_BASIC'
  return given === kindNames.post ? 'CLIENT_SECRET_POST' : undefined
}

/** OIDC Core §9: the method must be one of the client, and supported by the endpoint. */
export function requireMethod(
  credentials: Credentials,
  client: Client,
  supported: readonly ClientAuthMethod[] | undefined,
): ClientAuthMethod {
  const { kind } = credentials
  const accepted = acceptedMethods(client)
  check(!client.locked, rules.locked, { setting: 'client.locked', expected: false })
  const fitting = accepted.filter((method) => methods[kind].includes(method))
  // Of the two methods with an assertion, the algorithm tells which one the client uses.
  const method =
    fitting.length > 1 && kind === 'assertion' ? assertionMethod(credentials.assertion) : fitting[0]
  check(method, rules.methodMismatch, () => ({
    given: kindNames[kind],
    setting: 'client.tokenAuthMethod',
    expected: accepted,
  }))
  check(!supported || supported.includes(method), rules.methodUnsupported, () => ({
    given: method,
    setting: 'service.supportedTokenAuthMethods',
    expected: supported,
  }))
  return method
}

const assertionMethod = (assertion: string): ClientAuthMethod =>
  String(headerOf(assertion)?.['alg']).startsWith('HS') ? 'CLIENT_SECRET_JWT' : 'PRIVATE_KEY_JWT'

/** The endpoints that authenticate clients. */
export type AuthenticatingEndpoint = keyof typeof listedMethods

/** Whether a flow begins at an endpoint, so that its client may be new. */
export const isFirstStep = (endpoint: AuthenticatingEndpoint): boolean =>
  ['pushed', 'device', 'backchannel'].includes(endpoint)

/** The methods of the token endpoint are also for the endpoints where flows begin. */
const listedMethods = {
  token: 'supportedTokenAuthMethods',
  pushed: 'supportedTokenAuthMethods',
  device: 'supportedTokenAuthMethods',
  backchannel: 'supportedTokenAuthMethods',
  revocation: 'supportedRevocationAuthMethods',
  introspection: 'supportedIntrospectionAuthMethods',
} as const

/** The methods of an endpoint, narrowed by the policy; undefined: all. */
export const supportedMethods = (
  service: Service,
  endpoint: AuthenticatingEndpoint,
  { clientAuthMethods }: Policy,
): readonly ClientAuthMethod[] | undefined => {
  const listed = service[listedMethods[endpoint]]
  return clientAuthMethods?.filter((method) => listed?.includes(method) ?? true) ?? listed
}
