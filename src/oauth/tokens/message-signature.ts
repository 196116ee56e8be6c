/**
 * Signed requests to protected resources and signed responses, FAPI 2.0 Message Signing ID1 §5.6.
 */
import {
  type Fields,
  isDigestOf,
  type MessageUnverified,
  type SignatureInput,
  signatureInputs,
} from '../../jose/message-signature.ts'
import type { Client } from '../../model/client/client.ts'
import { defineRules, refuse } from '../../refusal.ts'
import type { Policy } from '../policy.ts'
import { isUri } from '../uri.ts'

/** `invalid_token` results in HTTP 401, as for a request without authentication. */
const rules = defineRules('HTTP message signature', {
  missing: {
    code: 'P004801',
    error: 'invalid_token',
    spec: 'FAPI 2.0 Message Signing ID1 §5.6',
    message: 'An HTTP message signature with the tag fapi-2-request is required.',
    fix: 'Sign the request with the tag `fapi-2-request`, and pass the fields Signature and Signature-Input.',
    settings: ['client.rsRequestSigned'],
  },
  malformed: {
    code: 'P004802',
    error: 'invalid_token',
    spec: 'RFC 9421 §4',
    message: 'The request must have exactly one well-formed HTTP message signature.',
    fix: 'Send well-formed Signature and Signature-Input fields, with one signature of the tag `fapi-2-request`.',
  },
  uncovered: {
    code: 'P004803',
    error: 'invalid_token',
    spec: 'FAPI 2.0 Message Signing ID1 §5.6',
    message: 'The HTTP message signature does not cover all components that are required.',
    fix: 'Cover the components that the evidence names.',
  },
  outOfTime: {
    code: 'P004804',
    error: 'invalid_token',
    spec: 'RFC 9421 §2.3',
    message:
      'The created parameter of the HTTP message signature is missing, too old or in the future, or the signature has expired.',
    fix: 'Set `created` to the time of the request, and check the clock of the client.',
  },
  keyUnknown: {
    code: 'P004805',
    error: 'invalid_token',
    spec: 'RFC 9421 §3.2',
    message: 'The client has no key that matches the HTTP message signature.',
    fix: 'Register the public key that signs requests, and its key id.',
    settings: ['client.jwks', 'client.jwksUri', 'client.rsSignedRequestKeyId'],
  },
  signatureInvalid: {
    code: 'P004806',
    error: 'invalid_token',
    spec: 'RFC 9421 §3.2',
    message: 'The HTTP message signature is not valid.',
    fix: 'Sign the components as they are sent: method, target URI and fields as the frontend passes them.',
    settings: ['client.jwks', 'client.jwksUri'],
  },
  digestMismatch: {
    code: 'P004807',
    error: 'invalid_token',
    spec: 'RFC 9530 §2',
    message: 'The Content-Digest does not match the request body.',
    fix: 'Compute Content-Digest over the body as it is sent, and pass that body.',
  },
  otherCredentials: {
    code: 'P004808',
    error: 'invalid_token',
    spec: 'FAPI 2.0 Message Signing ID1 §5.6',
    message:
      'The signed header fields do not match the access token and the DPoP proof of the request.',
    fix: 'Pass the Authorization and DPoP fields that were signed, with the access token of the call.',
  },
  targetUnknown: {
    code: 'P004809',
    error: 'invalid_token',
    spec: 'RFC 9421 §2.2',
    message:
      'The HTTP message signature covers a method or target URI that the call does not contain.',
    fix: 'Pass the `htm` and the `targetUri` of the request as the client sent them.',
  },
  fieldMalformed: {
    code: 'P004811',
    error: 'invalid_request',
    spec: 'RFC 9110 §5.5',
    message: 'A header field of the request has a value that is not allowed in HTTP.',
    fix: 'Pass header fields without control characters.',
  },
  responseKeyMissing: {
    code: 'P004810',
    error: 'server_error',
    spec: 'FAPI 2.0 Message Signing ID1 §5.6',
    message: 'The service has no private key to sign responses.',
    fix: 'Add a private key of an asymmetric algorithm to the service, or do not sign responses.',
    settings: ['service.rsResponseSigned', 'service.resourceSignatureKeyId', 'service.jwks'],
  },
})

const requestTag = 'fapi-2-request'
export const responseTag = 'fapi-2-response'

/** The components that must be covered by default. */
const defaultComponents = ['@method', '@target-uri', 'authorization']

/** How far `created` may be in the past or in the future, in milliseconds. */
const longestAge = 60_000
const longestLead = 60_000

/** The request to the protected resource, from the caller. */
export interface SignedRequest {
  fields: Fields
  method: string
  url: string | undefined
  body: string | undefined
  hasBody: boolean
  accessToken: string
  dpop: string | undefined
  requiredComponents: readonly string[]
}

/** Whether the policy or the caller requires a signed request. */
export const isSignatureRequired = (
  { resourceRequestSigned }: Policy,
  requiredComponents: readonly string[],
): boolean => resourceRequestSigned || requiredComponents.length > 0

/** Fields by lower-case name, each with its values in order, RFC 9421 §2.1. */
export function fieldsOf(pairs: readonly { key: string; value?: string | undefined }[]): Fields {
  const fields = new Map<string, string[]>()
  for (const { key, value = '' } of pairs) {
    const name = key.toLowerCase()
    const values = fields.get(name)
    if (values) values.push(value)
    else fields.set(name, [value])
  }
  return Object.fromEntries(fields)
}

/** The signature with the required tag, after the checks of its components and times. */
export function requireSignatureInput(
  request: SignedRequest,
  now: number,
): { input: SignatureInput; url: string } {
  const { fields } = request
  if (!fields['signature'] || !fields['signature-input']) refuse(rules.missing)
  const inputs = signatureInputs(fields)
  if (!inputs) refuse(rules.malformed)
  const [input, another] = inputs.filter(({ tag }) => tag === requestTag)
  if (!input) refuse(rules.missing)
  if (another) refuse(rules.malformed, 'two signatures with the same tag')
  requireCovered(request, input)
  requireFresh(input, now)
  requireSameCredentials(request, input)
  requireDigest(request)
  return { input, url: requireTarget(request, input) }
}

function requireCovered(request: SignedRequest, { covered }: SignatureInput): void {
  const { fields, dpop, hasBody, requiredComponents } = request
  const demanded = requiredComponents.length > 0 ? requiredComponents : defaultComponents
  const missing = [
    ...demanded.map((component) => component.replace(/^"([^"]*)"$/, '$1')),
    ...(dpop || fields['dpop'] ? ['dpop'] : []),
    ...(hasBody ? ['content-digest'] : []),
  ].filter((component) => !covered.includes(component))
  if (missing.length > 0) refuse(rules.uncovered, missing.join(' ').slice(0, 200))
}

function requireFresh({ created, expires }: SignatureInput, now: number): void {
  const age = typeof created === 'number' ? now - created * 1000 : Number.NaN
  if (!(age <= longestAge && age >= -longestLead)) refuse(rules.outOfTime, `age ${age} ms`)
  const isGood = expires === undefined || (typeof expires === 'number' && expires * 1000 > now)
  if (!isGood) refuse(rules.outOfTime, 'expires')
}

/** The signed fields must contain the access token and the DPoP proof that are used. */
function requireSameCredentials(request: SignedRequest, { covered }: SignatureInput): void {
  const { fields, accessToken, dpop } = request
  const [authorization = '', ...others] = fields['authorization'] ?? []
  const [, token] = /^(?:Bearer|DPoP) +(\S+)$/i.exec(authorization.trim()) ?? []
  const isSame = others.length === 0 && token === accessToken
  if (covered.includes('authorization') && !isSame) refuse(rules.otherCredentials, 'authorization')
  if (dpop && fields['dpop']?.join() !== dpop) refuse(rules.otherCredentials, 'dpop')
}

function requireDigest({ fields, body }: SignedRequest): void {
  if (body === undefined) return
  const digest = fields['content-digest']?.join(', ') ?? ''
  if (!isDigestOf(digest, body)) refuse(rules.digestMismatch)
}

function requireTarget({ method, url }: SignedRequest, { covered }: SignatureInput): string {
  const isUrl = url !== undefined && isUri(url)
  const isNeeded = covered.some((name) => /^"?@/.test(name) && name !== '@method')
  if (!/^[A-Za-z-]{1,30}$/.test(method) || (isNeeded && !isUrl)) refuse(rules.targetUnknown)
  return isUrl ? url : ''
}

/**
 * The kid of the signing key: the registered one, or else the one in the signature parameters.
 */
export function signingKeyId(
  { rsSignedRequestKeyId }: Client,
  { keyId }: SignatureInput,
): string | undefined {
  const named = typeof keyId === 'string' ? keyId : undefined
  if (!rsSignedRequestKeyId) return named
  if (named !== undefined && named !== rsSignedRequestKeyId) refuse(rules.keyUnknown)
  return rsSignedRequestKeyId
}

export function requireVerified(outcome: { verified: true } | MessageUnverified): void {
  if (!('failure' in outcome)) return
  const { failure } = outcome
  if (failure === 'malformed') refuse(rules.malformed)
  refuse(failure === 'key' ? rules.keyUnknown : rules.signatureInvalid)
}

/** The components of a signed response, including those of its request, RFC 9421 §2.4. */
export function responseComponents(request: Fields, isTargetKnown: boolean): string[] {
  const tied = ['content-digest', 'signature', 'signature-input'].filter((name) => request[name])
  return [
    ...(isTargetKnown ? ['"@method";req', '"@target-uri";req'] : []),
    ...tied.map((name) => `"${name}";req`),
    '"@status"',
    '"content-digest"',
  ]
}

export const requireSigned = <T>(signed: T | undefined): T =>
  signed ?? refuse(rules.responseKeyMissing)

/** Refuses values with control characters, which could add lines to the signature base. */
export function requireFieldValues(fields: Fields): Fields {
  const isValue = (value: string) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
  if (!Object.values(fields).flat().every(isValue)) refuse(rules.fieldMalformed)
  return fields
}
