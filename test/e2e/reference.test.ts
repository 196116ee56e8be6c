/** The reference page works in a real browser without internet. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostern } from '../../examples/demo/embedded-postern.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync)
if (!executablePath) console.warn('SKIPPED: the reference page in a browser, for there is none.')

let browser: Browser
let postern: Awaited<ReturnType<typeof startPostern>>
beforeAll(async () => {
  postern = await startPostern()
  if (!executablePath) return
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
  ]
  browser = await chromium.launch({ executablePath, args })
})
afterAll(async () => {
  await browser?.close()
  await postern.close()
})

/** Operations with their tags, one from the beginning of the document and one from its end. */
const first = ['Token Endpoint', 'auth_token_api'] as const
const last = ['Utility', 'misc_echo_api'] as const

describe('reference page', () => {
  it.skipIf(!executablePath)(
    'lists the operations without loading external resources',
    async () => {
      const page = await browser.newPage()
      const foreign: string[] = []
      const errors: string[] = []
      page.on('request', (request) => {
        const url = request.url()
        if (!url.startsWith(postern.url) && !url.startsWith('data:')) foreign.push(url)
      })
      page.on('console', (message) => {
        // The page warns of its own way to write tags with spaces in fragments.
        const isOwn = message.text().startsWith('Deprecated: escaping deep link whitespace')
        if (message.type() === 'error' && !isOwn) errors.push(message.text())
      })
      page.on('pageerror', (error) => errors.push(error.message))
      // The page renders what is in view, and scrolls to the operation of its fragment.
      for (const [tag, operationId] of [first, last]) {
        await page.goto(`${postern.url}/docs`)
        await page.goto(`${postern.url}/docs#/${encodeURIComponent(tag)}/${operationId}`)
        await page.reload()
        await page.locator(`#operations-${tag.replaceAll(' ', '_')}-${operationId}`).waitFor()
        await page.getByText('Responses', { exact: true }).first().waitFor()
      }
      expect(await page.locator('.opblock').count()).toBeGreaterThan(0)
      expect({ foreign, errors }).toEqual({ foreign: [], errors: [] })
      if (process.env['SCREENSHOT']) await page.screenshot({ path: process.env['SCREENSHOT'] })
      await page.close()
    },
  )
})
