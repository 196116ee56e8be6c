/** The documentation site: it is built from the pages, and loads nothing from elsewhere. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const site = 'docs/site'
const built = join(site, 'dist')
const lock = readFileSync(join(site, 'package-lock.json'), 'utf8')
const sidebar: { text: string; items: { link: string }[] }[] = JSON.parse(
  readFileSync(join(site, 'sidebar.json'), 'utf8'),
)
const links = sidebar.flatMap(({ items }) => items.map(({ link }) => link))

const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/
const options = { cwd: site, timeout: 500_000 }

/** Installs the generator as the lock file says; false if the registry cannot be reached. */
async function install(): Promise<boolean> {
  if (existsSync(join(site, 'node_modules/vitepress'))) return true
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund'], options)
    return true
  } catch (error) {
    if (!offline.test(String((error as { stderr?: string }).stderr))) throw error
    console.warn('SKIPPED: the build of the site, for the registry cannot be reached.')
    return false
  }
}

describe('lock file of the site', () => {
  it('has no address of a registry', () => {
    expect(lock).not.toContain('"resolved"')
    expect(JSON.parse(lock).packages['node_modules/vitepress'].version).toBe('1.6.4')
  })
})

describe('documentation site', () => {
  let isBuilt = false
  beforeAll(async () => {
    if (!(await install())) return
    await run('npm', ['run', 'build'], options).catch((error) => {
      throw new Error(`${error.stdout}${error.stderr}`)
    })
    isBuilt = true
  }, 600_000)

  const shows = (title: string, check: () => void) =>
    it(title, (context) => {
      context.skip(!isBuilt, 'not installed')
      check()
    })
  const read = (file: string) => readFileSync(join(built, file), 'utf8')

  shows('has a page for each link, and its Markdown beside it', () => {
    const missing = links.flatMap((link) =>
      [`${link}.html`, `${link}.md`].filter((file) => !existsSync(join(built, file))),
    )
    expect(missing).toEqual([])
    expect(read('explain.md')).toBe(readFileSync('docs/explain.md', 'utf8'))
  })

  shows('has what files at the top of the repository say, also in the Markdown', () => {
    const promise = 'What a version promises'
    expect(read('how-to/upgrade.html')).toContain(promise)
    expect(read('how-to/upgrade.md')).toContain(`## ${promise}`)
    expect(read('how-to/report.md')).toContain('## Supported versions')
  })

  shows('lists its pages for programs in llms.txt', () => {
    const text = read('llms.txt')
    for (const link of links) expect(text).toContain(`](${link}.md)`)
  })

  shows('loads nothing from other hosts', () => {
    const loaded = readdirSync(built, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html'))
      .flatMap((file) => [...read(file).matchAll(/<(?:script|link|img|iframe)[^>]*https?:[^>]*>/g)])
      .map(([tag]) => tag)
    expect(loaded).toEqual([])
  })

  shows('contains the relays as they are tested, not copies', () => {
    expect(read('tutorials/frontend-express.html')).toContain('pushed_auth_req')
    expect(readFileSync('docs/tutorials/frontend-express.md', 'utf8')).not.toContain(
      'pushed_auth_req',
    )
  })

  shows('shows what looks like a tag as text', () => {
    expect(read('reference/command-line.html')).toContain('&lt;port&gt;')
  })
})
