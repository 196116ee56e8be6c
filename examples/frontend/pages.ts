/** The pages that a user sees. Values are escaped by the `html` tag; there is no script. */
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { claimsNamedIn } from './postern.ts'
import type { Interaction } from './session.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const style = `
body { margin: 0; background: #f3f4f6; color: #1f2937; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 24rem; margin: 8vh auto; padding: 2rem; background: #fff; border-radius: 12px;
  box-shadow: 0 1px 3px #0002, 0 8px 24px #0001 }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3 }
img { display: block; max-width: 64px; max-height: 64px; margin-bottom: 1rem }
label { display: block; margin: .75rem 0; font-weight: 600 }
input { display: block; box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .6rem;
  border: 1px solid #9ca3af; border-radius: 6px; font: inherit }
button { margin: 1rem .5rem 0 0; padding: .6rem 1.25rem; border: 1px solid #1d4ed8;
  border-radius: 6px; background: #1d4ed8; color: #fff; font: inherit; cursor: pointer }
button.plain { background: #fff; color: #1d4ed8 }
ul { padding-left: 1.25rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; background: #f3f4f6 }
footer { margin-top: 1.5rem; font-size: .875rem }
footer a { margin-right: 1rem; color: #1d4ed8 }
.alert { padding: .6rem; border-radius: 6px; background: #fee2e2; color: #991b1b }
`

// `form-action` is left open: browsers apply it to the redirect to the client as well.
const policy = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  `img-src https: http:`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

function page(c: Context, status: 200 | 400 | 500, title: string, content: Html) {
  c.header('Cache-Control', 'no-store')
  c.header('Content-Security-Policy', policy)
  c.header('Referrer-Policy', 'no-referrer')
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('X-Frame-Options', 'DENY')
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${raw(style)}</style></head>
<body><main>${content}</main></body>
</html>`
  return c.html(document, status)
}

const nameOf = ({ client }: Interaction['answer']) =>
  client ? (client.clientName ?? `Client ${client.clientId}`) : 'your requests'

/** CIBA §7.1, RFC 8628 §3.3: what the user compares, so that she decides about her own device. */
const binding = ({ bindingMessage }: Interaction['answer']) =>
  bindingMessage
    ? html`<p>Your other device has to show <strong id="binding">${bindingMessage}</strong></p>`
    : ''

const isWebUrl = (url: string | undefined) => /^https?:\/\//i.test(url ?? '')

const logo = ({ client }: Interaction['answer']) =>
  isWebUrl(client?.logoUri) ? html`<img src="${client?.logoUri}" alt="">` : ''

const links = ({ client }: Interaction['answer']) => html`<footer>
${isWebUrl(client?.policyUri) ? html`<a href="${client?.policyUri}">Privacy policy</a>` : ''}
${isWebUrl(client?.tosUri) ? html`<a href="${client?.tosUri}">Terms of service</a>` : ''}
</footer>`

export function loginPage(c: Context, { answer, formToken }: Interaction, failed = false) {
  const alert = html`<p class="alert" role="alert">The user name or password is wrong.</p>`
  return page(
    c,
    200,
    'Log in',
    html`${logo(answer)}
<h1>Log in to continue to ${nameOf(answer)}</h1>
${binding(answer)}
${failed ? alert : ''}
<form method="post">
<input type="hidden" name="formToken" value="${formToken}">
<label>User name <input id="username" name="username" value="${answer.loginHint ?? ''}"
  autocomplete="username" autofocus></label>
<label>Password <input id="password" name="password" type="password"
  autocomplete="current-password"></label>
<button id="login" name="decision" value="login">Log in</button>
<button id="cancel" name="decision" value="cancel" class="plain">Cancel</button>
</form>${links(answer)}`,
  )
}

export function consentPage(c: Context, { answer, formToken, session }: Interaction) {
  const scopes = answer.scopes ?? []
  const claims = claimsNamedIn(answer)
  return page(
    c,
    200,
    'Allow access',
    html`${logo(answer)}
<h1>Allow ${nameOf(answer)} to use your account?</h1>
${binding(answer)}
<p>You are logged in as <strong>${session?.subject}</strong>. It asks for:</p>
<ul>${scopes.map(({ name, description }) => html`<li>${description ?? name}</li>`)}</ul>
${claims.length > 0 ? html`<p>And to know: ${claims.join(', ')}</p>` : ''}
<form method="post">
<input type="hidden" name="formToken" value="${formToken}">
<button id="authorize" name="decision" value="authorize">Allow</button>
<button id="deny" name="decision" value="deny" class="plain">Deny</button>
</form>${links(answer)}`,
  )
}

/** RFC 8628 §3.3. */
export function userCodePage(c: Context, userCode: string, alert?: string) {
  return page(
    c,
    alert ? 400 : 200,
    'Connect a device',
    html`<h1>Enter the code that your device shows</h1>
${alert ? html`<p class="alert" role="alert">${alert}</p>` : ''}
<form method="post" action="/device">
<label>Code <input id="user_code" name="user_code" value="${userCode}" autocomplete="off"
  autocapitalize="characters" autofocus></label>
<button id="continue">Continue</button>
</form>`,
  )
}

export const messagePage = (c: Context, title: string, text: string) =>
  page(c, 200, title, html`<h1>${title}</h1><p>${text}</p>`)

export const errorPage = (c: Context, status: 400 | 500, details: string) =>
  page(c, status, 'Error', html`<h1>This request cannot go on</h1><pre>${details}</pre>`)
