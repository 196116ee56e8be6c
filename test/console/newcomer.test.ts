/**
 * A newcomer who knows OAuth, and not Postern: from the start of the program to tokens, without
 * leaving the browser.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath, launchChromium } from '../e2e/chromium.ts'
import { expectAccessible, takePicture } from './support/looks.ts'
import { createWatch } from './support/watch.ts'

const issuer = 'https://login.example'
/** RFC 7636, Appendix B. */
const pkce = {
  verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
}

/** `npm start` on a terminal, as a person has it. */
function startOnTerminal() {
  const folder = mkdtempSync(join(tmpdir(), 'postern-newcomer-'))
  const command = `'${process.execPath}' '${resolve('dist/program/main.js')}' serve`
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', POSTERN_PORT: '0', POSTERN_DRAIN_SECONDS: '0' },
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  return {
    async link(): Promise<string> {
      for (;;) {
        const [found] = /http:\S+\/console\/#\S+/.exec(output) ?? []
        if (found) return found
        await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
        if (child.exitCode !== null) throw new Error(output)
      }
    },
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'close')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.skipIf(!executablePath)('newcomer', () => {
  const terminal = executablePath ? startOnTerminal() : undefined
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launchChromium()
    const context = await browser.newContext({ viewport: { width: 1_280, height: 860 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    page = await context.newPage()
    page.setDefaultTimeout(90_000)
  })
  afterAll(async () => {
    await browser?.close()
    await terminal?.stop()
  })

  const button = (name: string) => page.getByRole('button', { name, exact: true }).first()
  const dialog = () => page.getByRole('dialog')
  const copied = async (name: string) => {
    await button(name).click()
    return page.evaluate(() => navigator.clipboard.readText())
  }

  async function createTheService(): Promise<void> {
    await button('Create service').click()
    await dialog().getByRole('textbox', { name: /^Name/ }).fill('Tea shop')
    await dialog()
      .getByRole('textbox', { name: /^Issuer/ })
      .fill(issuer)
    await dialog().getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Clients', level: 1 }).waitFor()
  }

  async function createTheClient() {
    await button('Create client').click()
    await dialog().getByRole('textbox', { name: /^Name/ }).fill('Till')
    await dialog()
      .getByRole('textbox', { name: /^Redirect/ })
      .fill('https://till.example/cb')
    await dialog().getByRole('button', { name: 'Create' }).click()
    await page.getByText('The secret is shown now, and not again').waitFor()
    const id = await copied('Copy the client ID')
    const secret = await copied('Copy the client secret')
    await button('Done').click()
    return { id, secret }
  }

  /** The URL that the application of the newcomer sends browsers to, and that is refused. */
  const requestOf = (id: string) =>
    `${issuer}/authorize?${new URLSearchParams({
      client_id: id,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://till.example/cb/',
      state: 'kettle',
      nonce: 'leaf',
      code_challenge: pkce.challenge,
      code_challenge_method: 'S256',
    })}`

  async function explain(id: string): Promise<void> {
    await page.getByRole('link', { name: 'Request explorer' }).click()
    await page.getByLabel('Request', { exact: true }).fill(requestOf(id))
    await button('Run dry').click()
    const refusal = page.getByRole('article', { name: 'What refused it' })
    await refusal.getByText('does not match a redirect URI').waitFor()
    await refusal.getByText('https://till.example/cb/').first().waitFor()
    await expectAccessible(page)
    await takePicture(page, 'newcomer-refused')
    await refusal.getByRole('button', { name: 'Apply' }).click()
    await dialog().getByLabel('Reason').fill('The till ends its path with a slash')
    await dialog().getByRole('button', { name: 'Save the change' }).click()
    await page.getByText('Would succeed').waitFor()
  }

  async function finish(secret: string): Promise<void> {
    await page.getByLabel('Subject').fill('alice')
    await button('Log in and consent').click()
    await page.getByLabel('Client secret').fill(secret)
    await page.getByLabel('PKCE verifier').fill(pkce.verifier)
    await button('Get tokens').click()
    await page.getByText('The flow is complete.').waitFor()
    await page.getByText('"sub": "alice"').first().waitFor()
  }

  it('starts it, creates a service and a client, mends a request, and gets tokens', async () => {
    const link = (await terminal?.link()) ?? ''
    const watch = await createWatch(page, new URL(link).origin)
    await page.goto(link)
    await page.getByRole('heading', { name: 'Services', level: 1 }).waitFor()
    expect(page.url()).not.toContain('#')
    await createTheService()
    const { id, secret } = await createTheClient()
    await explain(id)
    await finish(secret)
    await expectAccessible(page)
    await takePicture(page, 'newcomer-tokens')
    watch.verify()
  })

  it('cannot use the link of the terminal again', async () => {
    const other = await browser.newContext()
    const again = await other.newPage()
    await again.goto((await terminal?.link()) ?? '')
    await again.getByLabel('API token').waitFor()
    await other.close()
  })
})
