/** How every page looks, and what keeps others out of it: there is no script, and no frame. */
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Answer } from './postern.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export const expired = (c: Context) =>
  errorPage(c, 400, 'This page has expired. Please start again.')

type Status = 200 | 400 | 413 | 415 | 421 | 429 | 500

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

export function page(c: Context, status: Status, title: string, content: Html) {
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

export const messagePage = (c: Context, title: string, text: string) =>
  page(c, 200, title, html`<h1>${title}</h1><p>${text}</p>`)

/** What Postern prepared, for a browser: redirects and pages as they are, an error as a page. */
export function showRelay(
  c: Context,
  { action, relay, errorPage: hint }: Pick<Answer, 'action' | 'relay' | 'errorPage'>,
) {
  if (!relay) throw new Error(`This frontend has no page for the action ${action}`)
  const { status, headers, body = '' } = relay
  if (status < 400) return c.body(body, status as 200 | 302, headers)
  const shown = status === 400 ? 400 : 500
  if (!hint) return errorPage(c, shown, body)
  const { title, code, description } = hint
  return page(c, shown, title, html`<h1>${title}</h1><p>${description}</p><pre>${code}</pre>`)
}

export const errorPage = (c: Context, status: Status, details: string) =>
  page(c, status, 'Error', html`<h1>This request cannot go on</h1><pre>${details}</pre>`)
