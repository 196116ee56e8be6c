/** A page for each result code and lint, generated from the catalogues: `/docs/codes/{code}`. */
import { escapeHtml } from '../../oauth/page.ts'
import { type CatalogueEntry, catalogue, errorCodes } from '../../refusal.ts'
import { HttpResponse } from '../response.ts'
import type { Pages } from '../transport.ts'
import { codePage } from './explanation.ts'
import { lintCalled, lintContent } from './lint-page.ts'
import { citation, definitions, marked, settingsOf } from './page-text.ts'

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; }
dt { font-weight: 600; margin-top: 1rem; }
dd { margin-left: 0; }
li { margin: 0.25rem 0; }
`

/** The pages, and the list of them. */
export const codePages = (): Pages => ({
  '/docs/codes': () => show(200, 'Result codes', listOf([...catalogue.values()])),
  '/docs/codes/style.css': () =>
    new HttpResponse(200, { ...headers, 'Content-Type': 'text/css;charset=utf-8' }, style),
  '/docs/codes/:code': ({ code = '' }) => {
    const entry = catalogue.get(code)
    const lint = lintCalled(code)
    if (lint) return show(200, `${code}: ${lint.says}`, lintContent(lint))
    return entry
      ? show(200, `${code}: ${entry.message}`, pageOf(entry))
      : show(404, 'Unknown code', '<p>No rule, no result and no lint has this code.</p>')
  },
})

function show(status: number, title: string, content: string): HttpResponse {
  const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/docs/codes/style.css">
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${content}
<p><a href="/docs/codes">All result codes</a></p>
</body>
</html>
`
  return new HttpResponse(status, { ...headers, 'Content-Type': 'text/html;charset=utf-8' }, page)
}

function listOf(entries: CatalogueEntry[]): string {
  const areas = [...new Set(entries.map(({ area }) => area))].sort()
  const sections = areas.map((area) => {
    const own = entries.filter((entry) => entry.area === area)
    const items = own.map(({ code, message }) => `<li>${linkTo(code)}: ${escapeHtml(message)}</li>`)
    return `<h2>${escapeHtml(area)}</h2>\n<ul>\n${items.join('\n')}\n</ul>`
  })
  return sections.join('\n')
}

const linkTo = (code: string) => `<a href="${codePage(code)}">${code}</a>`

function pageOf(entry: CatalogueEntry): string {
  const parts: [string, string][] = [['Rule', `${entry.area}: ${words(entry.name)}`]]
  if ('error' in entry) {
    parts.push(['OAuth error', `<code>${entry.error}</code>, ${citation(errorCodes[entry.error])}`])
    parts.push(['Source', citation(entry.spec)])
    parts.push(['How to fix it', marked(entry.fix)])
    if (entry.settings) parts.push(['Settings', settingsOf(entry.settings)])
    if (entry.isTemporary) parts.push(['When', 'The same call may succeed later.'])
  } else {
    const answer = 'status' in entry ? `HTTP ${entry.status} for the caller` : 'Success'
    parts.push(['Response', answer])
  }
  return definitions(parts)
}

/** `verifierMismatch` as words. */
const words = (name: string) =>
  escapeHtml(name.replace(/[A-Z]/g, (letter) => ` ${letter}`).toLowerCase())
