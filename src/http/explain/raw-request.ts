/**
 * The request of a client as an HTTP message: recognises the endpoint of the service, and takes the
 * message apart as a frontend does.
 */

import type { Service } from '../../model/service/service.ts'
import { parseUrl } from '../../model/url.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import { type HttpMessage, messageOf } from './pasted.ts'

const rules = defineCallerRules('Explain', {
  unreadable: {
    code: 'P142001',
    status: 400,
    message:
      'The request cannot be read: send an HTTP request with its request line, a curl command, a URL, or a form.',
  },
  endpointUnknown: {
    code: 'P142002',
    status: 400,
    message: 'No endpoint of the service has the URL of the HTTP request.',
  },
})

/** What a request contains besides its text. */
export interface Connection {
  clientCertificate?: string | undefined
  clientCertificatePath?: string[] | undefined
}

interface Recognised {
  /** The path of the operation after that of the service. */
  operation: string
  request: Record<string, unknown>
}

type Form = 'authorization' | 'authenticated' | 'presented' | 'registration'

/** The endpoints of a service: the property with the URL, the operation, its kind of request. */
const endpoints: readonly [keyof Service, string, Form][] = [
  ['authorizationEndpoint', '/auth/authorization', 'authorization'],
  ['pushedAuthReqEndpoint', '/pushed_auth_req', 'authenticated'],
  ['tokenEndpoint', '/auth/token', 'authenticated'],
  ['revocationEndpoint', '/auth/revocation', 'authenticated'],
  ['introspectionEndpoint', '/auth/introspection/standard', 'authenticated'],
  ['deviceAuthorizationEndpoint', '/device/authorization', 'authenticated'],
  ['backchannelAuthenticationEndpoint', '/backchannel/authentication', 'authenticated'],
  ['userInfoEndpoint', '/auth/userinfo', 'presented'],
  ['registrationEndpoint', '/client/registration', 'registration'],
]

/** The operation and the request that a frontend would send. */
export function recogniseRequest(
  http: string | HttpMessage,
  service: Service,
  connection: Connection,
): Recognised {
  const message =
    typeof http === 'string' ? (messageOf(http, service) ?? refuseCaller(rules.unreadable)) : http
  const headers = new Map(
    Object.entries(message.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const url = urlOf(message, headers)
  const parameters = message.body || url.search.slice(1)
  const found = endpoints.find(([name]) => isAt(service[name], url)) ?? guessed(parameters, service)
  const [, operation, form] = found ?? refuseUrl(url)
  const credentials = credentialsOf(headers.get('authorization'))
  const sender = {
    dpop: headers.get('dpop'),
    htm: message.method.toUpperCase(),
    clientCertificate: connection.clientCertificate,
    clientCertificatePath: connection.clientCertificatePath,
  }
  const requests: Record<Form, Record<string, unknown>> = {
    authorization: { parameters },
    authenticated: {
      parameters,
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret,
      ...sender,
      oauthClientAttestation: headers.get('oauth-client-attestation'),
      oauthClientAttestationPop: headers.get('oauth-client-attestation-pop'),
      ...(operation.endsWith('/standard') ? { httpAcceptHeader: headers.get('accept') } : {}),
    },
    presented: { token: credentials.token, ...sender },
    registration: { json: message.body, token: credentials.token },
  }
  const given = Object.entries(requests[form]).filter(([, value]) => value !== undefined)
  return { operation, request: Object.fromEntries(given) }
}

/** Without the endpoint in the settings, the parameters tell which one the request is for. */
function guessed(parameters: string, service: Service) {
  const names = new URLSearchParams(parameters.slice(0, longestGuessed))
  const name = names.has('grant_type')
    ? 'tokenEndpoint'
    : names.has('response_type') && names.has('client_id') && 'authorizationEndpoint'
  return endpoints.find(([each]) => each === name && !service[each])
}
const longestGuessed = 10_000

function refuseUrl(url: URL): never {
  refuseCaller(rules.endpointUnknown, `It is ${url.origin}${url.pathname}`.slice(0, 300))
}

/** The target of a request may be a path, and the host a header field: RFC 9112 §3.2.1. */
function urlOf({ url }: HttpMessage, headers: ReadonlyMap<string, string>): URL {
  const absolute = url.startsWith('/') ? `https://${headers.get('host') ?? 'localhost'}${url}` : url
  return parseUrl(absolute) ?? refuseCaller(rules.unreadable)
}

/** Whether it is the URL of the endpoint; the host counts only if the message has one. */
function isAt(endpoint: unknown, url: URL): boolean {
  const own = typeof endpoint === 'string' ? parseUrl(endpoint) : undefined
  if (own?.pathname !== url.pathname) return false
  return own.host === url.host || url.hostname === 'localhost'
}

interface Credentials {
  clientId?: string
  clientSecret?: string
  token?: string
}

/** RFC 6749 §2.3.1: the client id and the secret are form-encoded in the header. */
function credentialsOf(authorization: string | undefined): Credentials {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)\s*$/.exec(authorization ?? '') ?? []
  if (/^(?:bearer|dpop)$/i.test(scheme)) return { token: value }
  if (!/^basic$/i.test(scheme)) return {}
  const text = Buffer.from(value, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) return {}
  return { clientId: decoded(text.slice(0, colon)), clientSecret: decoded(text.slice(colon + 1)) }
}

const decoded = (text: string): string => new URLSearchParams(`v=${escaped(text)}`).get('v') ?? text
const escaped = (text: string) =>
  text.replace(/[&#]/g, (character) => encodeURIComponent(character))
