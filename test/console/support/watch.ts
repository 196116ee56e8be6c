/** What no page of the console may do, whatever a test does with it. */
import { readFileSync } from 'node:fs'
import type { Page, Request } from 'playwright-core'
import { expect } from 'vitest'

export interface Watch {
  /** Calls of the API, as `GET /api/services`. */
  calls: string[]
  /** Responses with this status are part of the test. */
  allow(status: number): void
  /** Fails after a violation, a request to another origin, an error, or an unknown operation. */
  verify(): void
}

interface Document {
  paths: Record<string, Record<string, unknown>>
}

const document = JSON.parse(readFileSync('openapi/openapi.json', 'utf8')) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  })),
)

export async function createWatch(page: Page, origin: string): Promise<Watch> {
  const calls: string[] = []
  const foreign: string[] = []
  const errors: string[] = []
  const unknown: string[] = []
  const allowed = new Set<number>()

  function note(request: Request): void {
    const url = new URL(request.url())
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:') {
      foreign.push(url.href)
    }
    const path = url.pathname.replace(/^\/console(?=\/api\/)/, '')
    if (!path.startsWith('/api/')) return
    calls.push(`${request.method()} ${path}`)
    const isKnown = operations.some(
      ({ method, pattern }) => method === request.method() && pattern.test(path),
    )
    if (!isKnown) unknown.push(`${request.method()} ${path}`)
  }

  page.on('request', note)
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() !== 'error' && !/Content Security Policy/.test(message.text())) return
    const [, status] = /^Failed to load resource: .* status of (\d+)/.exec(message.text()) ?? []
    if (!allowed.has(Number(status))) errors.push(message.text())
  })
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  return {
    calls,
    allow: (status) => void allowed.add(status),
    verify() {
      expect({ foreign, errors, unknown }).toEqual({ foreign: [], errors: [], unknown: [] })
    },
  }
}
