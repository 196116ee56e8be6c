/** Pushed authorization requests, RFC 9126. */
import { defineRules, refuse } from '../../refusal.ts'
import type { Parameters } from '../parameters.ts'

const rules = defineRules('Pushed request', {
  required: {
    code: 'P018001',
    error: 'invalid_request',
    spec: 'RFC 9126 §4',
    message: 'The authorization request must be pushed: use PAR and its request_uri.',
  },
  unknown: {
    code: 'P018002',
    error: 'invalid_request_uri',
    spec: 'RFC 9126 §4',
    message: 'The request_uri is unknown, expired, already used or issued to another client.',
  },
  requestUriPushed: {
    code: 'P018003',
    error: 'invalid_request',
    spec: 'RFC 9126 §2.1',
    message: 'The parameter request_uri is not allowed in a pushed authorization request.',
  },
  keyMismatch: {
    code: 'P018004',
    error: 'invalid_request',
    spec: 'RFC 9449 §10.1',
    message: 'The dpop_jkt does not match the key of the DPoP proof.',
  },
  tooLarge: {
    code: 'P018005',
    error: 'invalid_request',
    spec: 'RFC 9126 §2.3',
    message: 'The pushed authorization request is too large: the limit is 64 KB.',
  },
  unregisteredUri: {
    code: 'P018006',
    error: 'invalid_request_uri',
    spec: 'OIDC Core §6.2',
    message: 'The request_uri does not match a request URI that the client registered.',
  },
  unreachable: {
    code: 'P018007',
    error: 'invalid_request_uri',
    spec: 'RFC 9101 §5.2',
    message: 'The request object cannot be fetched from the request_uri.',
  },
})

/** The rule for a pushed request that a concurrent request used first. */
export const pushedRequestUnknown = rules.unknown

const prefix = 'urn:ietf:params:oauth:request_uri:'
const limit = 65_536

export const pushedUri = (reference: string): string => `${prefix}${reference}`

/** The reference in the request_uri of a pushed request; undefined for other URIs. */
export const pushedReference = (requestUri: string): string | undefined =>
  requestUri.startsWith(prefix) ? requestUri.slice(prefix.length) : undefined

export function requirePushed(isRequired: boolean): void {
  if (isRequired) refuse(rules.required)
}

export function requireKnownRequest<T>(request: T | undefined): T {
  return request ?? refuse(rules.unknown)
}

export function refuseRequestUri(parameters: Parameters): void {
  if (parameters.get('request_uri') !== undefined) refuse(rules.requestUriPushed)
}

/** RFC 9126 §2.3: at most 64 KB of parameters. */
export function requireSmall(parameters: string): void {
  if (parameters.length > limit) refuse(rules.tooLarge)
}

export const isTooLarge = (rule: unknown): boolean => rule === rules.tooLarge

/** RFC 9449 §10: the thumbprint of the key to which the code is bound. */
export function chooseCodeKey(
  dpopJkt: string | undefined,
  proven: string | undefined,
): string | undefined {
  if (dpopJkt !== undefined && proven !== undefined && dpopJkt !== proven) {
    refuse(rules.keyMismatch)
  }
  return proven ?? dpopJkt
}

/** OIDC Core §6.2: the fragment identifies a version of the document and is not compared. */
export function requireRegisteredUri(requestUri: string, registered: readonly string[]): void {
  const bare = (uri: string) => uri.split('#')[0]
  const matches = registered.some((uri) => uri === requestUri || bare(uri) === bare(requestUri))
  if (!matches) refuse(rules.unregisteredUri, requestUri.slice(0, 200))
}

export const requireFetched = (text: string | undefined): string =>
  text ?? refuse(rules.unreachable)
