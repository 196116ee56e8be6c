/** Chromium of the machine, for tests that need a browser. */
import { accessSync, constants, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Undefined on a machine without Chromium: its tests are skipped, visibly. */
export const executablePath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser'].map((name) => join(folder, name)))
  .find(isExecutable)

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath ?? '', args })

/** A profile of its own that shows cookies to iframes of other sites, or hides them. */
export async function launchProfile(thirdPartyCookies: 'shown' | 'hidden') {
  const folder = mkdtempSync(join(tmpdir(), 'postern-profile-'))
  const isHidden = thirdPartyCookies === 'hidden'
  const profile = { cookie_controls_mode: isHidden ? 1 : 0, block_third_party_cookies: isHidden }
  mkdirSync(join(folder, 'Default'))
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify({ profile }))
  const path = executablePath ?? ''
  const context = await chromium.launchPersistentContext(folder, { executablePath: path, args })
  // The browser writes for a moment after it was closed.
  const again = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }
  context.once('close', () => rm(folder, again).catch(() => undefined))
  return context
}
