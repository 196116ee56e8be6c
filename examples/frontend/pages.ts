/** The pages that a user sees. Values are escaped by the `html` tag. */
import type { Context } from 'hono'
import { html } from 'hono/html'
import { askedOf } from './consent.ts'
import { page } from './layout.ts'
import type { Interaction } from './pending.ts'

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

const alerts = {
  wrong: 'The user name or password is wrong.',
  limited: 'There were too many wrong passwords. Try again in a quarter of an hour.',
  full: 'You are logged in on too many devices. Log out on one of them first.',
}

export function loginPage(
  c: Context,
  { answer, formToken }: Interaction,
  failed?: keyof typeof alerts,
) {
  const alert = failed ? html`<p class="alert" role="alert">${alerts[failed]}</p>` : ''
  return page(
    c,
    failed === 'limited' ? 429 : 200,
    'Log in',
    html`${logo(answer)}
<h1>Log in to continue to ${nameOf(answer)}</h1>
${binding(answer)}
${alert}
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

const listOf = (lines: string[], about = '') =>
  lines.length > 0
    ? html`${about ? html`<p>${about}</p>` : ''}<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`
    : ''

/** Shows every line of what is asked for: what is not here, the user has not allowed. */
export function consentPage(c: Context, { answer, formToken }: Interaction, subject: string) {
  const { scopes, claims, resources, details, purposes } = askedOf(answer)
  return page(
    c,
    200,
    'Allow access',
    html`${logo(answer)}
<h1>Allow ${nameOf(answer)} to use your account?</h1>
${binding(answer)}
<p>You are logged in as <strong>${subject}</strong>. It asks for:</p>
${listOf(scopes)}
${listOf(claims, 'And to know:')}
${details.map((detail) => html`<pre class="detail">${detail}</pre>`)}
${listOf(resources, 'To be used at:')}
${listOf(purposes, 'Because of, as it says:')}
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
<form method="post" action="device">
<label>Code <input id="user_code" name="user_code" value="${userCode}" autocomplete="off"
  autocapitalize="characters" autofocus></label>
<button id="continue">Continue</button>
</form>`,
  )
}
