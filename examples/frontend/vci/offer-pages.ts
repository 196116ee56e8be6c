/** The pages about credential offers. */
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { page } from '../layout.ts'

export const chooseOfferPage = (c: Context, configurations: string[], formToken: string) =>
  page(
    c,
    200,
    'Credentials for your wallet',
    html`<h1>What does your wallet need?</h1>
<form method="post">
<input type="hidden" name="formToken" value="${formToken}">
${configurations.map(
  (id) =>
    html`<label><input type="checkbox" name="configuration" value="${id}" checked> ${id}</label>`,
)}
<label><input type="radio" name="grant" value="pre-authorized" checked> Without a further login</label>
<label><input type="radio" name="grant" value="authorization_code"> With a login in the wallet</label>
<label><input type="checkbox" name="code" value="yes"> Protect it by a code</label>
<label>URL of a wallet, if it has one <input name="wallet" type="url"></label>
<button id="offer">Make an offer</button>
</form>`,
  )

/** HAIP §4.2 names the scheme of its wallets. */
const schemes = ['openid-credential-offer://', 'haip-vci://']

export function offerPage(c: Context, query: string, code: string | undefined) {
  const [link = ''] = schemes.map((scheme) => `${scheme}?${query}`)
  return page(
    c,
    200,
    'Credential offer',
    html`<h1>Scan this with your wallet</h1>
${raw(renderSVG(link))}
${code ? html`<p>The code is <strong id="code">${code}</strong></p>` : ''}
<p>Or open it on this device:</p>
<ul>${schemes.map((scheme) => html`<li><a href="${scheme}?${query}">${scheme}</a></li>`)}</ul>`,
  )
}

export const waitingPage = (c: Context, formToken: string) =>
  page(
    c,
    200,
    'Your credentials',
    html`<h1>Your wallet waits for credentials</h1>
<form method="post">
<input type="hidden" name="formToken" value="${formToken}">
<button id="release">Issue them</button>
</form>`,
  )
