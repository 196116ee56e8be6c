/** The console of a process that listens: the link that logs in once, and a listener of its own. */
import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/process/config.ts'
import { type Running, start } from '../../src/process/start.ts'

const page = { 'Postern-Console': '1', 'Sec-Fetch-Site': 'same-origin' }

let running: Running | undefined
afterEach(async () => {
  await running?.close(Promise.resolve())
  running = undefined
})

async function started(environment: Record<string, string> = {}) {
  running = await start(
    readConfig({
      ...{ POSTERN_DATABASE_URL: ':memory:', POSTERN_PORT: '0', POSTERN_CONSOLE: 'on' },
      ...{ POSTERN_LOG_LEVEL: 'error', ...environment },
    }),
  )
  const { url, adminToken = '', consoleLink } = running
  const link = new URL(consoleLink() ?? '')
  const code = link.hash.replace('#login=', '')
  const logIn = () =>
    fetch(`${link.origin}/console/session`, {
      method: 'POST',
      headers: { ...page, 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    })
  return { url, adminToken, consoleUrl: link.origin, code, logIn }
}

const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''

describe('link that opens the console', () => {
  it('logs in once with its code, as the administrator', async () => {
    const { url, consoleUrl, code, logIn } = await started()
    expect(consoleUrl).toBe(url)
    expect(code).toMatch(/^[\w-]{43}$/)
    const answer = await logIn()
    expect(answer.status).toBe(204)
    const headers = { ...page, Cookie: cookieOf(answer) }
    const self = await fetch(`${url}/console/api/self`, { headers })
    expect((await self.json()).rights).toContain('admin')
    const again = await logIn()
    expect([again.status, (await again.json()).resultCode]).toEqual([401, 'P148003'])
    expect((await fetch(`${url}/console/api/self`, { headers })).status).toBe(200)
  })

  it('logs in one of many that send its code at the same time', async () => {
    const { logIn } = await started()
    const answers = await Promise.all(Array.from({ length: 8 }, logIn))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([204, 401, 401, 401, 401, 401, 401, 401])
  })
})

describe('POSTERN_CONSOLE_PORT', () => {
  it('serves the console on a listener of its own, and nowhere else', async () => {
    const { url, adminToken, consoleUrl, logIn } = await started({ POSTERN_CONSOLE_PORT: '0' })
    expect(consoleUrl).not.toBe(url)
    const shown = await fetch(`${consoleUrl}/console/`)
    expect(shown.headers.get('content-type')).toContain('text/html')
    expect((await fetch(`${url}/console/`)).status).toBe(404)
    const elsewhere = await fetch(`${url}/console/session`, { method: 'POST', headers: page })
    expect(elsewhere.status).toBe(404)
    const answer = await logIn()
    const headers = { ...page, Cookie: cookieOf(answer) }
    expect((await fetch(`${consoleUrl}/console/api/self`, { headers })).status).toBe(200)

    const bearer = { headers: { Authorization: `Bearer ${adminToken}` } }
    expect((await fetch(`${url}/api/self`, bearer)).status).toBe(200)
    for (const path of ['/api/self', '/docs', '/health/ready']) {
      expect([path, (await fetch(`${consoleUrl}${path}`, bearer)).status]).toEqual([path, 404])
    }
  })

  it('ends its listener with the process', async () => {
    const { consoleUrl } = await started({ POSTERN_CONSOLE_PORT: '0' })
    await running?.close(Promise.resolve())
    running = undefined
    await expect(fetch(`${consoleUrl}/console/`)).rejects.toThrow()
  })
})
