/**
 * Text from a client or a user that the caller only passes on. If it is not acceptable, the
 * operation refuses the request of the client, not the call of the caller.
 */
import type { z } from 'zod'
import { isStorable } from '../model/primitives.ts'
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Client text', {
  request: {
    code: 'P076001',
    error: 'invalid_request',
    spec: 'RFC 6749 §A',
    message: 'The request is too long, or contains a NUL or an unpaired surrogate.',
    fix: 'Shorten the parameter or header field, and let it be well-formed UTF-8 without NUL.',
  },
  credentials: {
    code: 'P076002',
    error: 'invalid_client',
    spec: 'RFC 6749 §A',
    message:
      'The client_id or client_secret is too long, or contains a NUL or an unpaired surrogate.',
    fix: 'Send the `client_id` and the `client_secret` as they were issued: they are short text without NUL.',
  },
  token: {
    code: 'P076003',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The token is too long, or contains a NUL or an unpaired surrogate.',
    fix: 'Pass on the token exactly as it was issued, without the scheme of the Authorization header.',
  },
  userCode: {
    code: 'P076004',
    error: 'invalid_request',
    spec: 'RFC 8628 §6.1',
    message: 'The user code is too long, or contains a NUL or an unpaired surrogate.',
    fix: 'Ask the user to type the code that the device shows.',
  },
})

/** The rule for a user code that Postern cannot have issued. */
export const userCodeUnreadable = rules.userCode

/** The rule for a request that is longer than its service accepts. */
export const requestTooLong = rules.request

/** Properties of a body with such text, each with the rule of its refusal. */
export type ClientTexts = Readonly<Record<string, keyof typeof rules>>

/** The client's text in calls for endpoints that authenticate clients. */
export const authenticatedTexts: ClientTexts = {
  parameters: 'request',
  clientId: 'credentials',
  clientSecret: 'credentials',
  clientCertificate: 'request',
  clientCertificatePath: 'request',
  dpop: 'request',
  htu: 'request',
  oauthClientAttestation: 'request',
  oauthClientAttestationPop: 'request',
}

/** The client's text in calls for protected resources. */
export const presentedTexts: ClientTexts = {
  token: 'token',
  accessToken: 'token',
  grantId: 'request',
  clientCertificate: 'request',
  dpop: 'request',
  htu: 'request',
  targetUri: 'request',
  uri: 'request',
  message: 'request',
  headers: 'request',
  requestSignature: 'request',
}

/** Called for an invalid body: refuses the request if the text of a client is the reason. */
export function refuseClientText(texts: ClientTexts, schema: z.ZodType, body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  const unreadable = Object.entries(body).find(([, value]) => !isStorableThroughout(value))?.[0]
  if (unreadable !== undefined) {
    refuseFor(texts, unreadable)
    return
  }
  const [issue] = schema.safeParse(body).error?.issues ?? []
  if (issue?.code === 'too_big') refuseFor(texts, String(issue.path[0]))
}

function refuseFor(texts: ClientTexts, name: string): void {
  const kind = Object.hasOwn(texts, name) ? texts[name] : undefined
  if (kind) refuse(rules[kind], { parameter: name })
}

const isStorableThroughout = (value: unknown): boolean =>
  typeof value === 'string'
    ? isStorable(value)
    : typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([name, each]) => isStorable(name) && isStorableThroughout(each))
