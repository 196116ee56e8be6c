/** Authorization responses: redirects and forms, plain or as a JWT. */
import type { UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { errorMembers, explain, Refusal, type RefusedAt } from '../../refusal.ts'
import { escapeHtml } from '../page.ts'
import { policyOf } from '../policy.ts'
import { jarmResponse } from './jarm.ts'
import { requireTarget } from './redirect-uri.ts'
import type { ResponseMode } from './response-type.ts'

/**
 * The recipient of an authorization response. Once it is known, refusals are sent to the client.
 */
export interface Recipient {
  redirectUri: string
  responseMode: ResponseMode
  state: string | undefined
  /** The audience of a JWT response; undefined if the client has been deleted. */
  client: Client | undefined
  clientId: string
  now: number
  /** The session as the client sees it, OIDC Session Management §2. */
  sessionState?: string | undefined
  /** Signs a JWT response, and encrypts it if the client registered encryption. */
  secure: (response: UnsignedJwt) => Promise<string>
  /** Called with each refusal that is sent; returns what is known of the call. */
  refused?: (refusal: Refusal) => RefusedAt
}

export interface AuthorizationResponse {
  action: 'LOCATION' | 'FORM'
  responseContent: string
}

type Members = Record<string, string | undefined>

/** Builds the response: without undefined members, with `state`, `session_state` and `iss`. */
export async function authorizationResponse(
  recipient: Recipient,
  service: Service,
  answer: Members,
): Promise<AuthorizationResponse> {
  const { redirectUri, responseMode, state, sessionState } = recipient
  const members = { ...answer, session_state: sessionState }
  requireTarget(redirectUri)
  const isJwt = responseMode.endsWith('.jwt')
  const { issSuppressed } = policyOf(service, recipient.client)
  const sent = isJwt
    ? { response: await recipient.secure(jarmResponse(recipient, service, { ...members, state })) }
    : { ...members, state, iss: issSuppressed ? undefined : service.issuer }
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(sent)) {
    if (value !== undefined) parameters.set(name, value)
  }
  if (responseMode.startsWith('form_post')) {
    return { action: 'FORM', responseContent: formPost(redirectUri, parameters) }
  }
  return { action: 'LOCATION', responseContent: locationOf(recipient, parameters) }
}

/** RFC 6749 §4.1.2.1: the error response, sent to the validated redirect URI. */
export async function errorResponse(
  recipient: Recipient,
  service: Service,
  refusal: Refusal,
): Promise<AuthorizationResponse & { resultCode: string; resultMessage: string }> {
  const members = errorMembers(refusal.rule, service)
  const explained = explain(refusal, recipient.refused?.(refusal))
  return { ...(await authorizationResponse(recipient, service, members)), ...explained }
}

/**
 * Turns a refusal of `run` into an error response to the recipient. A temporary one is for the
 * caller, who can try again with the same ticket.
 */
export async function refusingTo<T>(
  recipient: Recipient,
  service: Service,
  run: () => Promise<T>,
): Promise<T | Awaited<ReturnType<typeof errorResponse>>> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Refusal) || error.rule.isTemporary) throw error
    return errorResponse(recipient, service, error)
  }
}

function locationOf({ redirectUri, responseMode }: Recipient, parameters: URLSearchParams): string {
  const text = parameters.toString()
  if (responseMode.startsWith('fragment')) return `${redirectUri}#${text}`
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${text}`
}

/** OAuth 2.0 Form Post Response Mode §2: a page that submits a form, with or without scripts. */
function formPost(redirectUri: string, parameters: URLSearchParams): string {
  const inputs = [...parameters].map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}"/>`,
  )
  return [
    '<!DOCTYPE html>',
    '<html><head><meta charset="UTF-8"/><title>Submit This Form</title></head>',
    '<body onload="document.forms[0].submit()">',
    `<form method="post" action="${escapeHtml(redirectUri)}">`,
    ...inputs,
    '<noscript><button type="submit">Continue</button></noscript>',
    '</form></body></html>',
  ].join('\n')
}
