/** The page of the OP iframe (`check_session_iframe`), OIDC Session Management §3.2. */
import { defineRules, refuse } from '../../refusal.ts'
import { anyOrigin, escapeHtml, inlineSource, originSources } from '../page.ts'
import type { PageContent } from './frontchannel-page.ts'
import { iframeScript } from './session-iframe-script.ts'
import { originOf } from './session-state.ts'

const rules = defineRules('Session iframe', {
  originMissing: {
    code: 'P093001',
    error: 'invalid_request',
    spec: 'OIDC Session Management §3.2',
    message:
      'The client has no redirect URI with the scheme https or http, so none of its pages can use the iframe.',
    fix: 'Register a redirect URI with the scheme https for the client, whose page embeds the iframe.',
    settings: ['client.redirectUris'],
  },
  cookieMalformed: {
    code: 'P093002',
    error: 'invalid_request',
    spec: 'RFC 6265 §4.1.1',
    message:
      'The cookieName must be a token, and the refreshPath an absolute path without a semicolon, which refreshSeconds requires.',
    fix: 'Pass a `cookieName` that is a token, and with `refreshSeconds` an absolute `refreshPath` without a semicolon.',
  },
})

export interface SessionIframe {
  /** The cookie with the browser state, which scripts can read. */
  cookieName: string
  /** How often the iframe asks the frontend for a fresh browser state; 0 means never. */
  refreshSeconds: number
  /** Where it asks: a path of the same origin. */
  refreshPath: string | undefined
  /** The redirect URIs of the only client that may embed the page; undefined for all clients. */
  redirectUris: readonly string[] | undefined
}

/** The page, with its policy. */
export function sessionIframe(iframe: SessionIframe): PageContent {
  const { cookieName, refreshSeconds, refreshPath } = iframe
  requireNames(iframe)
  const data = [
    `data-cookie="${escapeHtml(cookieName)}"`,
    ...(refreshSeconds > 0 && refreshPath !== undefined
      ? [
          `data-refresh-path="${escapeHtml(refreshPath)}"`,
          `data-refresh-seconds="${refreshSeconds}"`,
        ]
      : []),
  ]
  const responseContent = [
    '<!DOCTYPE html>',
    `<html lang="en" ${data.join(' ')}>`,
    '<head><meta charset="UTF-8"/><title>Session</title>',
    `<script>${iframeScript}</script>`,
    '</head><body></body></html>',
  ].join('\n')
  return { responseContent, contentSecurityPolicy: policyFor(iframe) }
}

function requireNames({ cookieName, refreshSeconds, refreshPath }: SessionIframe): void {
  if (!/^[\w!#$%&'*+.^`|~-]{1,128}$/.test(cookieName)) refuse(rules.cookieMalformed, 'cookieName')
  // `//` and `/\` begin the address of another host.
  const isPath = refreshPath === undefined || /^\/(?![/\\])[^\s;#\\]{0,1000}$/.test(refreshPath)
  if (!isPath || !isPrintable(refreshPath ?? '')) refuse(rules.cookieMalformed, 'refreshPath')
  if (refreshSeconds > 0 && !refreshPath) refuse(rules.cookieMalformed, 'no refreshPath')
}

const isPrintable = (text: string) => /^[\x21-\x7e]*$/.test(text)

function policyFor({ redirectUris }: SessionIframe): string {
  const readable = redirectUris?.filter((uri) => originOf(uri) !== undefined)
  const ancestors = readable ? originSources(readable) : anyOrigin
  if (ancestors === '') refuse(rules.originMissing)
  return [
    "default-src 'none'",
    `script-src ${inlineSource(iframeScript)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors}`,
  ].join('; ')
}
