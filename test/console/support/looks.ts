/** How pages look and read: accessibility in both themes, pictures, and the origin of texts. */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const themes = ['light', 'dark'] as const
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation {
  id: string
  nodes: { html: string; failureSummary: string }[]
}

async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset['theme'] = name
  }, theme)
  // Colors change within this time.
  await page.waitForTimeout(200)
}

/** Fails if axe finds a violation of WCAG 2.2 AA in one of the themes. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe)
  const found: string[] = []
  for (const theme of themes) {
    await setTheme(page, theme)
    const { violations } = await page.evaluate(
      (values) =>
        (
          window as unknown as {
            axe: { run(options: object): Promise<{ violations: Violation[] }> }
          }
        ).axe.run({ runOnly: { type: 'tag', values } }),
      tags,
    )
    for (const { id, nodes } of violations) {
      found.push(...nodes.map((node) => `${theme} ${id}: ${node.html}\n${node.failureSummary}`))
    }
  }
  await setTheme(page, 'light')
  expect(found, found.join('\n\n')).toEqual([])
}

const folder = 'docs/site/public/console'
const shown = readFileSync('docs/console.md', 'utf8')

/** With `UPDATE_PICTURES=1`, writes the pictures that docs/console.md shows. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE_PICTURES'] !== '1') return
  mkdirSync(folder, { recursive: true })
  for (const theme of themes) {
    const file = `${name}-${theme}.png`
    if (!shown.includes(`/console/${file}`)) continue
    await setTheme(page, theme)
    await page.screenshot({ path: `${folder}/${file}`, animations: 'disabled' })
  }
  await setTheme(page, 'light')
}

/**
 * Texts that do not come from the files of messages, where the page was opened with
 * `?locale=pseudo`. Data and code are marked: by `translate="no"`, `code`, `pre` and `time`.
 */
export const foreignTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const isData = (node: Element | null) => node?.closest('[translate=no], code, pre, time')
    const note = (text: string | null, element: Element | null) => {
      // Messages may be part of others.
      let left = text ?? ''
      for (let before = ''; before !== left; ) {
        before = left
        left = left.replace(/⟦[^⟦⟧]*⟧/g, '')
      }
      if (/\p{L}/u.test(left) && !isData(element)) found.push(text ?? '')
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.parentElement?.closest('noscript, script, textarea')) {
        note(node.textContent, node.parentElement)
      }
    }
    for (const element of document.querySelectorAll('[aria-label], [placeholder], [title]')) {
      for (const name of ['aria-label', 'placeholder']) note(element.getAttribute(name), element)
      if (element.localName !== 'time') note(element.getAttribute('title'), element)
    }
    return found
  })
