/** Pushed authorization requests, RFC 9126. */
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import type { Parameters } from '../parameters.ts'
import { longestEncryptedRequest } from './federated-request.ts'

const rules = defineRules('Pushed request', {
  required: {
    code: 'P018001',
    error: 'invalid_request',
    spec: 'RFC 9126 §4',
    message: 'The authorization request must be pushed: use PAR and its request_uri.',
    fix: 'Send the request to the pushed authorization request endpoint first, and its `request_uri` here.',
    settings: ['service.parRequired', 'client.parRequired', 'service.fapiModes'],
  },
  unknown: {
    code: 'P018002',
    error: 'invalid_request_uri',
    spec: 'RFC 9126 §4',
    message: 'The request_uri is unknown, expired, already used or issued to another client.',
    fix: 'Push the request again and use the new `request_uri` once, soon, and with the same client.',
    settings: ['service.pushedAuthReqDuration'],
  },
  requestUriPushed: {
    code: 'P018003',
    error: 'invalid_request',
    spec: 'RFC 9126 §2.1',
    message: 'The parameter request_uri is not allowed in a pushed authorization request.',
    fix: 'Push the parameters themselves, or a request object in `request`.',
  },
  keyMismatch: {
    code: 'P018004',
    error: 'invalid_request',
    spec: 'RFC 9449 §10.1',
    message: 'The dpop_jkt does not match the key of the DPoP proof.',
    fix: 'Omit `dpop_jkt`, or send the thumbprint of the key that signs the proof.',
  },
  tooLarge: {
    code: 'P018005',
    error: 'invalid_request',
    spec: 'RFC 9126 §2.3',
    message: 'The pushed authorization request is too large: the limit is 64 KB.',
    fix: 'Send fewer or shorter parameters.',
  },
  unregisteredUri: {
    code: 'P018006',
    error: 'invalid_request_uri',
    spec: 'OIDC Core §6.2',
    message: 'The request_uri does not match a request URI that the client registered.',
    fix: 'Register the request URI, or send a registered one.',
    settings: ['client.requestUris'],
  },
  unreachable: {
    code: 'P018007',
    error: 'invalid_request_uri',
    spec: 'RFC 9101 §5.2',
    message: 'The request object cannot be fetched from the request_uri.',
    fix: 'Make the request object available at the URL over https, at most 32 KB, without a redirect.',
    settings: ['client.requestUris'],
  },
})

/** The rule for a pushed request that a concurrent request used first. */
export const pushedRequestUnknown = rules.unknown

const prefix = 'urn:ietf:params:oauth:request_uri:'
const limit = 65_536
const requestParameter = /(?:^|&)request=[\w.-]*/

export const pushedUri = (reference: string): string => `${prefix}${reference}`

/** The reference in the request_uri of a pushed request; undefined for other URIs. */
export const pushedReference = (requestUri: string): string | undefined =>
  requestUri.startsWith(prefix) ? requestUri.slice(prefix.length) : undefined

export function requirePushed(isRequired: boolean): void {
  check(!isRequired, rules.required, {
    parameter: 'request_uri',
    demand: 'parRequired',
    expected: { beginsWith: prefix },
  })
}

export function requireKnownRequest<T>(request: T | undefined): T {
  check(request !== undefined, rules.unknown, { parameter: 'request_uri' })
  return request
}

export function refuseRequestUri(parameters: Parameters): void {
  check(parameters.get('request_uri') === undefined, rules.requestUriPushed, {
    parameter: 'request_uri',
  })
}

/** With federations, a request may be longer: by the longest request object. */
export const longestParameters = limit + longestEncryptedRequest

/**
 * Whether a request has at most 64 KB of parameters. With federations, the request object is not
 * counted: its header may contain a trust chain (OpenID Federation §12.1.1.1).
 */
export function isSmallRequest(parameters: string, { federationEnabled }: Service): boolean {
  const counted = federationEnabled ? parameters.replace(requestParameter, '') : parameters
  return counted.length <= limit && parameters.length <= longestParameters
}

/** RFC 9126 §2.3. */
export function requireSmall(parameters: string, service: Service): void {
  check(isSmallRequest(parameters, service), rules.tooLarge, {
    given: { length: parameters.length },
    expected: { length: limit },
  })
}

export const isTooLarge = (rule: unknown): boolean => rule === rules.tooLarge

/** RFC 9449 §10: the thumbprint of the key to which the code is bound. */
export function chooseCodeKey(
  dpopJkt: string | undefined,
  proven: string | undefined,
): string | undefined {
  const isSame = dpopJkt === undefined || proven === undefined || dpopJkt === proven
  check(isSame, rules.keyMismatch, { parameter: 'dpop_jkt', given: dpopJkt, expected: proven })
  return proven ?? dpopJkt
}

/** OIDC Core §6.2: the fragment identifies a version of the document and is not compared. */
export function requireRegisteredUri(requestUri: string, registered: readonly string[]): void {
  const bare = (uri: string) => uri.split('#')[0]
  const matches = registered.some((uri) => uri === requestUri || bare(uri) === bare(requestUri))
  check(matches, rules.unregisteredUri, () => ({
    parameter: 'request_uri',
    given: { uri: requestUri },
    setting: 'client.requestUris',
    expected: { registered },
  }))
}

export const requireFetched = (text: string | undefined): string =>
  text ?? refuse(rules.unreachable)
