/** The pages for readers: their commands run, and what they name exists. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fencesOf, lacksIntent, proseOf, sessionsOf } from './documents/fences.ts'
import { unknownNames } from './documents/known.ts'
import { hasPrograms, runSession } from './documents/shell.ts'

const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md') && !/(^|\/)(node_modules|dist|\.cache)\//.test(file))
  .map((file) => join('docs', file))
  .sort()
const generated = (file: string) => file.startsWith('docs/reference/')
/** One page for each area; they are linked from the list of result codes. */
const isCodes = (file: string) => file.startsWith('docs/reference/codes/')
const isPage = (file: string) => !/^docs\/(site|decisions)\//.test(file)

/** What users read: the site, and the README. */
const pages = ['README.md', ...docs.filter(isPage)].map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}))
const written = pages.filter(({ file }) => !generated(file))

/** Commands that do not run here, by the reasons that their pages give. */
const notRun = [
  'README.md: it packs the repository; the tests of the package do the same',
  'README.md: the tests of the examples run it',
  'docs/command-line.md: it names things of an example',
  'docs/configuration.md: it names things of an example',
  'docs/deploying.md: it needs a cluster',
  'docs/embedding.md: it needs Docker',
  'docs/how-to/back-up.md: it needs a database of its own',
  'docs/how-to/events.md: it shows parts of a server',
  'docs/how-to/install.md: it needs a release',
  'docs/how-to/install.md: it packs the repository; the tests of the package do the same',
  'docs/how-to/install.md: it runs until it is stopped; the tests start the same server',
  'docs/how-to/move.md: it names things of an example',
  'docs/how-to/resource-server.md: it shows parts of a server',
  'docs/how-to/shadow.md: it needs two servers, and runs until it is stopped',
  'docs/how-to/terraform.md: it needs Terraform and its provider; test/compatibility runs both',
  'docs/how-to/typescript.md: it needs a registry; test/relays installs and starts each relay',
  'docs/how-to/typescript.md: it packs the repository; the tests of the package do the same',
  'docs/keys.md: it converts files of former servers',
  'docs/migrate/glewlwyd.md: it names things of an example',
  'docs/migrate/keycloak.md: it names things of an example',
  'docs/migrate/ory-hydra.md: it names things of an example',
  'docs/monitoring.md: it needs a registry, and runs until it is stopped',
  'docs/tutorials/first-flow.md: it runs until Ctrl-C; the tests start the same server',
  'docs/tutorials/frontend-express.md: it needs a registry; test/relays installs and starts each relay',
  'docs/tutorials/frontend-fastapi.md: it needs a registry; test/relays installs and starts each relay',
  'docs/tutorials/mcp.md: it shows parts of a server',
]

const runsHere = hasPrograms()
if (!runsHere) console.warn('SKIPPED: the commands of pages, for bash, curl, jq or openssl lack.')

const sessions = written.flatMap(({ file, text }) =>
  sessionsOf(text).map((session) => ({ file, name: session.name, session })),
)

describe('fences of pages', () => {
  it('say whether they run', () => {
    const silent = written.flatMap(({ file, text }) =>
      fencesOf(text)
        .filter(lacksIntent)
        .map(({ line }) => `${file}:${line}`),
    )
    expect(silent).toEqual([])
  })

  it('run, unless their reason is listed', () => {
    const reasons = written.flatMap(({ file, text }) =>
      fencesOf(text).flatMap(({ intent }) =>
        intent['norun'] ? `${file}: ${intent['norun']}` : [],
      ),
    )
    expect([...new Set(reasons)].sort()).toEqual(notRun)
  })

  it.skipIf(!runsHere).each(sessions)('$file: run=$name does what the page shows', async (each) => {
    await runSession(each.file, each.session)
  })
})

const headings = (text: string) =>
  [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s+/g, '-'),
  )

describe('links of pages', () => {
  it('lead to headings that exist', () => {
    const missing = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].flatMap(
        ([, path = '', anchor = '']) => {
          const target = path ? normalize(join(dirname(file), path)) : file
          return headings(readFileSync(target, 'utf8')).includes(anchor)
            ? []
            : `${file}: ${path}#${anchor}`
        },
      ),
    )
    expect(missing).toEqual([])
  })

  it('lead from the sidebar to every page, and to nothing else', () => {
    const sidebar: { items: { link: string }[] }[] = JSON.parse(
      readFileSync('docs/site/sidebar.json', 'utf8'),
    )
    const listed = sidebar.flatMap(({ items }) => items.map(({ link }) => `docs${link}.md`))
    const shown = docs.filter((file) => isPage(file) && !isCodes(file) && file !== 'docs/index.md')
    expect(listed.sort()).toEqual(shown)
  })

  it('lead from the list of result codes to each page about some of them', () => {
    const list = readFileSync('docs/reference/result-codes.md', 'utf8')
    const linked = [...list.matchAll(/\]\((codes\/[\w-]+\.md)[#)]/g)].map(([, path = '']) => path)
    expect([...new Set(linked)].map((path) => `docs/reference/${path}`).sort()).toEqual(
      docs.filter(isCodes),
    )
  })
})

describe('pages', () => {
  it('name only codes, variables, attributes, operations, properties and commands that exist', () => {
    expect(written.flatMap(({ file, text }) => unknownNames(file, text))).toEqual([])
  })
})
