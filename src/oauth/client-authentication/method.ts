/** Client identification and authentication methods, RFC 6749 §2.3. */
import { headerOf } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import type { Parameters } from '../parameters.ts'
import type { Policy } from '../policy.ts'
import { acceptedMethods } from './accepted-methods.ts'

const rules = defineRules('Client authentication', {
  clientIdMissing: {
    code: 'P010001',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3',
    message: 'The request does not identify a client: send a client_id.',
  },
  twoMethods: {
    code: 'P010002',
    error: 'invalid_request',
    spec: 'RFC 6749 §2.3',
    message: 'The request uses more than one client authentication method: use one.',
  },
  clientIdsDiffer: {
    code: 'P010003',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3.1',
    message: 'The request contains two different client ids.',
  },
  assertionTypeUnknown: {
    code: 'P010004',
    error: 'invalid_client',
    spec: 'RFC 7523 §2.2',
    message: 'The client_assertion_type must be that of a JWT, and requires a client_assertion.',
  },
  failed: {
    code: 'P010005',
    error: 'invalid_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is unknown, or the client authentication failed.',
  },
  methodMismatch: {
    code: 'P010006',
    error: 'invalid_client',
    spec: 'OIDC Core §9',
    message: 'The client authentication method does not match the registered method.',
  },
  methodUnsupported: {
    code: 'P010007',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3',
    message: 'The client authentication method is not supported by the service.',
  },
  locked: {
    code: 'P010008',
    error: 'invalid_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client is locked.',
  },
  deleted: {
    code: 'P010009',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message: 'The client or its service was deleted while the request was processed.',
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
  if (attempts.filter((attempted) => attempted).length > 1) refuse(rules.twoMethods)
  if (header.clientId && clientId !== undefined && header.clientId !== clientId) {
    refuse(rules.clientIdsDiffer)
  }
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
  if (assertion === undefined || !isKnown) refuse(rules.assertionTypeUnknown)
  return assertion
}

export const requireClientId = (clientId: string | undefined): string =>
  clientId ?? refuse(rules.clientIdMissing)

/** An unknown client is refused like a wrong secret, RFC 6749 §5.2. */
export const requireClient = (client: Client | undefined, named: string): Client =>
  client ?? refuse(rules.failed, `unknown client ${named.slice(0, 100)}`)

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

/** OIDC Core §9: the method must be one of the client, and supported by the endpoint. */
export function requireMethod(
  credentials: Credentials,
  client: Client,
  supported: readonly ClientAuthMethod[] | undefined,
): ClientAuthMethod {
  const { kind } = credentials
  const accepted = acceptedMethods(client)
  if (client.locked) refuse(rules.locked, String(client.clientId))
  const fitting = accepted.filter((method) => methods[kind].includes(method))
  // Of the two methods with an assertion, the algorithm tells which one the client uses.
  const method =
    fitting.length > 1 && kind === 'assertion' ? assertionMethod(credentials.assertion) : fitting[0]
  if (!method) refuse(rules.methodMismatch, `${kind} instead of ${accepted.join(' or ')}`)
  if (supported && !supported.includes(method)) refuse(rules.methodUnsupported, method)
  return method
}

const assertionMethod = (assertion: string): ClientAuthMethod =>
  String(headerOf(assertion)?.['alg']).startsWith('HS') ? 'CLIENT_SECRET_JWT' : 'PRIVATE_KEY_JWT'

/** The endpoints that authenticate clients. */
export type AuthenticatingEndpoint = 'token' | 'revocation' | 'introspection'

const listedMethods = {
  token: 'supportedTokenAuthMethods',
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
