/** The pages of a logout, and the list of devices. */
import type { Context } from 'hono'
import { html } from 'hono/html'
import { page } from './layout.ts'
import type { Answer, SessionView } from './postern.ts'

const nameOf = ({ clientId, clientName }: { clientId: number; clientName?: string }) =>
  clientName ?? `Client ${clientId}`

const namesOf = (clients: SessionView['clients'] = []) => clients.map(nameOf).join(', ')

/** Names the client that asks, and what ends. Nothing is shown of another browser's session. */
export function logoutPage(c: Context, answer: Answer, formToken: string) {
  const { client, current, subject, clients = [], redirectRefused } = answer
  const asks = client ? `${nameOf(client)} asks to log you out.` : 'A page asks to log you out.'
  const whose = current === false ? 'It is about a login in another browser.' : ''
  return page(
    c,
    200,
    'Log out',
    html`<h1>Do you want to log out?</h1>
<p>${asks} ${whose}</p>
${subject ? html`<p>You are logged in as <strong>${subject}</strong>.</p>` : ''}
${clients.length > 0 ? html`<p>You will be logged out of:</p>` : ''}
<ul>${clients.map((each) => html`<li>${nameOf(each)}</li>`)}</ul>
${
  redirectRefused
    ? html`<p class="alert" role="alert">You will not be sent back. ${redirectRefused.resultMessage}</p>`
    : ''
}
<form method="post">
<input type="hidden" name="formToken" value="${formToken}">
<button id="logout_yes" name="decision" value="logout_yes">Log out</button>
<button id="logout_everywhere" name="decision" value="logout_everywhere">On all devices</button>
<button id="logout_no" name="decision" value="logout_no" class="plain">Stay</button>
</form>`,
  )
}

export const loggedOutPage = (c: Context) =>
  page(
    c,
    200,
    'Logged out',
    html`<h1 id="logged_out">You are logged out</h1><p>You may close this page.</p>`,
  )

export const stillLoggedInPage = (c: Context) =>
  page(
    c,
    200,
    'Logged in',
    html`<h1 id="still_logged_in">You are still logged in</h1><p>You may close this page.</p>`,
  )

export function deviceListPage(
  c: Context,
  devices: SessionView[],
  current: string,
  formToken: string,
) {
  const token = html`<input type="hidden" name="formToken" value="${formToken}">`
  const about = ({ device, lastSeenAt, clients = [] }: SessionView) => html`
<strong>${device?.name ?? 'A device'}</strong>, last seen ${new Date(lastSeenAt).toUTCString()}
${clients.length > 0 ? html`<br>Logged in to ${namesOf(clients)}` : ''}`
  const end = ({ sessionId }: SessionView) => html`<form method="post">${token}
<input type="hidden" name="sessionId" value="${sessionId}">
<button name="decision" value="end" class="plain">Log out there</button></form>`
  return page(
    c,
    200,
    'Your devices',
    html`<h1>You are logged in on these devices</h1>
<ul>${devices.map((device) =>
      device.sessionId === current
        ? html`<li id="this_device">${about(device)}<br>This device</li>`
        : html`<li class="device">${about(device)}${end(device)}</li>`,
    )}</ul>
<form method="post">${token}
<button id="log_out" name="decision" value="log_out">Log out</button>
<button id="end_others" name="decision" value="end_others" class="plain">Log out elsewhere</button>
</form>`,
  )
}
