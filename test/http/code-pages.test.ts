/** The pages about result codes, for people who look for the reason of a refusal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientLints } from '../../src/oauth/lint/client-lints.ts'
import { serviceLints } from '../../src/oauth/lint/service-lints.ts'
import { catalogue } from '../../src/refusal.ts'
import { createServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

const page = (path: string) => server.call('GET', path, undefined, { token: null })

describe('page of a result code', () => {
  it('has the rule, its citation, its fix and the settings that decide', async () => {
    const { status, text, headers } = await page('/docs/codes/P004003')
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html;charset=utf-8')
    expect(text).toContain('Redirect URI: unregistered')
    expect(text).toContain('https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2.3')
    expect(text).toContain('Register the URI exactly as the client sends it')
    expect(text).toMatch(/<code>client\.redirectUris<\/code>: \w+/)
  })

  it('exists for every code of the catalogue, without inline scripts and styles', async () => {
    for (const code of catalogue.keys()) {
      const { status, text } = await page(`/docs/codes/${code}`)
      expect(status, code).toBe(200)
      expect(text).toContain(code)
      expect(text).not.toMatch(/<script|<style| style=| on\w+=|undefined/)
    }
  })

  it('has a policy that loads nothing but its style', async () => {
    const { headers } = await page('/docs/codes/P004003')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    const { text, headers: own } = await page('/docs/codes/style.css')
    expect(own.get('content-type')).toBe('text/css;charset=utf-8')
    expect(text).toContain('color-scheme')
  })

  it('is 404 for an unknown code, which is not repeated', async () => {
    for (const code of ['P999999', '%3Cscript%3Ealert(1)', 'constructor']) {
      const { status, text } = await page(`/docs/codes/${code}`)
      expect(status).toBe(404)
      expect(text).not.toContain('alert')
    }
  })
})

describe('page of a lint', () => {
  it('has what it says, its level, its profiles and its setting, for each lint', async () => {
    for (const { code, level, profiles, path } of [...serviceLints, ...clientLints]) {
      const { status, text } = await page(`/docs/codes/${code}`)
      expect(status, code).toBe(200)
      expect(text).toMatch(new RegExp(`${level}`, 'i'))
      expect(text).toContain(`<code>${profiles[0]}</code>`)
      expect(text).toMatch(new RegExp(`<code>(service|client)\\.${path}</code>: \\w+`))
    }
  })

  it('says whether the finding has a fix to apply', async () => {
    expect((await page('/docs/codes/L1003')).text).toContain('merge patch')
    expect((await page('/docs/codes/L1104')).text).toContain('yours to choose')
  })
})

describe('list of result codes', () => {
  it('links to the page of each', async () => {
    const { status, text } = await page('/docs/codes')
    expect(status).toBe(200)
    for (const code of catalogue.keys()) expect(text).toContain(`href="/docs/codes/${code}"`)
  })
})
