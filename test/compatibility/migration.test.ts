/**
 * The pages of `docs/migrate` for users of other systems: their commands run as they are printed,
 * in order, in one shell. A block ```json after commands is what the last of them prints; `"…"` in
 * it stands for any value, and members that it does not show may be there.
 */
import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { createProcesses, type Processes } from '../support/processes.ts'

const run = promisify(execFile)
const folder = 'docs/migrate'
const pages = readdirSync(folder)

interface Block {
  commands: string
  /** What the commands print, as far as the page says. */
  printed?: unknown
}

/** The commands of a page, each with what the page shows after them. */
function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(/^```(\w+)(?: (\w+))?\n(.*?)^```$/gms)]
  const blocks: Block[] = []
  for (const [, language, intent, text = ''] of fences) {
    const last = blocks.at(-1)
    if (language === 'sh') blocks.push({ commands: text })
    else if (language === 'json' && intent === 'printed' && last) last.printed = JSON.parse(text)
  }
  return blocks
}

/** Replaces "…" by a matcher of any value. */
function shapeOf(shown: unknown): unknown {
  if (shown === '…') return expect.anything()
  if (Array.isArray(shown)) return shown.map(shapeOf)
  if (typeof shown !== 'object' || shown === null) return shown
  const members = Object.entries(shown).map(([name, value]) => [name, shapeOf(value)])
  return expect.objectContaining(Object.fromEntries(members))
}

function hasPrograms(): boolean {
  try {
    execFileSync('bash', ['-c', 'type curl jq openssl'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const mark = '--- end of block ---'
const runsHere = hasPrograms()
if (!runsHere)
  console.warn('SKIPPED: the pages of docs/migrate, for bash, curl, jq or openssl lack.')

const opened: Processes[] = []
afterAll(() => {
  for (const processes of opened) processes.close()
})

describe.skipIf(!runsHere)('docs/migrate', () => {
  it.each(pages)('%s: its commands do what the page says', async (name) => {
    const processes = createProcesses()
    opened.push(processes)
    const { url } = await processes.started()
    const page = readFileSync(`${folder}/${name}`, 'utf8').replaceAll('http://127.0.0.1:7678', url)
    const blocks = blocksOf(page)
    expect(blocks.filter(({ printed }) => printed !== undefined).length).toBeGreaterThan(3)
    const script = blocks.map(({ commands }) => `${commands}\necho '${mark}'`).join('\n')
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: processes.folder,
    }).catch((error) => {
      throw new Error(`${name}: ${error.stderr || error.message}\n${error.stdout}`)
    })
    const outputs = stdout.split(`${mark}\n`)
    for (const [index, { commands, printed }] of blocks.entries()) {
      const output = outputs[index] ?? ''
      if (printed !== undefined) expect.soft(JSON.parse(output), commands).toEqual(shapeOf(printed))
    }
  })
})
