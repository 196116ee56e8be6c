/**
 * Text that a caller only hands on: what a client or a user sent. Where it cannot be read, the
 * operation refuses it as it refuses other requests; the caller did nothing wrong.
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
  },
  credentials: {
    code: 'P076002',
    error: 'invalid_client',
    spec: 'RFC 6749 §A',
    message:
      'The client_id or client_secret is too long, or contains a NUL or an unpaired surrogate.',
  },
  token: {
    code: 'P076003',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The token is too long, or contains a NUL or an unpaired surrogate.',
  },
  userCode: {
    code: 'P076004',
    error: 'invalid_request',
    spec: 'RFC 8628 §6.1',
    message: 'The user code is too long, or contains a NUL or an unpaired surrogate.',
  },
})

/** The rule that a user code breaks which nobody can have been given. */
export const userCodeUnreadable = rules.userCode

/** Properties of a body that hold such text, each with how it is refused. */
export type ClientTexts = Readonly<Record<string, keyof typeof rules>>

/** What a request to an endpoint that authenticates clients consists of. */
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

/** What a request to a protected resource consists of. */
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

/** Called for a body that is not valid: refuses it where what a client sent is the reason. */
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
  if (kind) refuse(rules[kind], name)
}

const isStorableThroughout = (value: unknown): boolean =>
  typeof value === 'string'
    ? isStorable(value)
    : typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([name, each]) => isStorable(name) && isStorableThroughout(each))
