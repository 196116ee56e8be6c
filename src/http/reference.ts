/** The reference page: the OpenAPI document as an interactive page, without a CDN. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { HttpResponse, jsonType } from './response.ts'
import type { Pages } from './transport.ts'

const assets: Record<string, string> = {
  'swagger-ui.css': 'text/css;charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript;charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

const page = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Postern reference</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
})
`

const headers = {
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}

/**
 * The OpenAPI document of the package. It is generated from the endpoints (`http/document.ts`) when
 * Postern is built: generating it takes most of a second, in which no call would be answered.
 */
const openApi = new URL('../../openapi/openapi.json', import.meta.url)

/** `/openapi.json` and the page at `/docs`, with scripts and styles from the npm package. */
export function referencePages(): Pages {
  const directory = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const show = (type: string, body: string) =>
    new HttpResponse(200, { ...headers, 'Content-Type': type }, body)
  const pages: Pages = {
    '/openapi.json': async () => {
      return new HttpResponse(200, jsonType, new Uint8Array(await readFile(openApi)))
    },
    '/docs': () => show('text/html; charset=UTF-8', page),
    '/docs/start.js': () => show('text/javascript', start),
  }
  for (const [name, type] of Object.entries(assets)) {
    pages[`/docs/${name}`] = async () => {
      const body = await readFile(join(directory, name))
      return new HttpResponse(200, { ...headers, 'Content-Type': type }, new Uint8Array(body))
    }
  }
  return pages
}
