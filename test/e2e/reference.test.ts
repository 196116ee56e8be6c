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
        if (message.type() === 'error') errors.push(message.text())
      })
      page.on('pageerror', (error) => errors.push(error.message))
      await page.goto(`${postern.url}/docs`)
      await page.locator('#operations-Token_Endpoint-auth_token_api').click()
      await page.getByText('The HTTP response of the frontend to its client').first().waitFor()
      expect(await page.locator('.opblock').count()).toBeGreaterThan(50)
      expect({ foreign, errors }).toEqual({ foreign: [], errors: [] })
      if (process.env['SCREENSHOT']) await page.screenshot({ path: process.env['SCREENSHOT'] })
      await page.close()
    },
  )
})
