/** The package in an empty folder: what it contains, and that its command and its exports work. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileSqlite, nodeRelease, nodeVersions } from '../support/nodes.ts'
import { type Installed, install } from '../support/package.ts'
import { createProcesses, stop } from '../support/processes.ts'

let installed: Installed
beforeAll(() => {
  installed = install()
}, 600_000)
afterAll(() => installed.remove())

const node = (args: string[]) =>
  execFileSync(process.execPath, args, { cwd: installed.folder, encoding: 'utf8' })

/** Runs the text of a module in the folder. */
function run(name: string, text: string): string {
  writeFileSync(join(installed.folder, name), text)
  return node([name])
}

describe('package', () => {
  it('contains the program, its migrations, its types, and nothing else', () => {
    const files = readdirSync(join(installed.folder, 'node_modules/postern'), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile())
    const kinds = new Set(files.map(({ name }) => name.replace(/^.*?(\.d\.ts|\.[a-z]+)$/, '$1')))
    const ofProgram = ['.d.ts', '.js', '.json', '.md', '.sql', '.txt', 'LICENSE']
    const ofConsole = ['.br', '.css', '.gz', '.html', '.svg']
    expect([...kinds].sort()).toEqual([...ofProgram, ...ofConsole].sort())
    const json = files.filter(({ name }) => name.endsWith('.json')).map(({ name }) => name)
    expect(json.sort()).toEqual([
      ...['_journal.json', '_journal.json', 'openapi.json', 'package.json', 'service.json'],
    ])
  })

  it('prints its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(node(['node_modules/.bin/postern', '--version'])).toBe(`${version}\n`)
  })

  it('says what a result code means', () => {
    const told = node(['node_modules/.bin/postern', 'code', 'P112006'])
    expect(told).toMatch(/^P112006 /)
  })

  it('has the licences of the packages that are in its program', () => {
    const file = join(installed.folder, 'node_modules/postern/dist/program/licences.txt')
    const text = readFileSync(file, 'utf8')
    for (const name of ['drizzle-orm', 'hono', 'jose', 'zod']) expect(text).toContain(`${name} `)
    expect(text.match(/, (MIT|Apache-2\.0)$/gm)).toHaveLength(6)
  })

  it('serves, migrated, and stops', async () => {
    const processes = createProcesses(installed.command)
    const server = await processes.started()
    const answer = await fetch(`${server.url}/health/ready`)
    expect(await answer.json()).toEqual({ status: 'ready' })
    expect((await fetch(`${server.url}/docs`)).status).toBe(200)
    await stop(server)
    processes.close()
  })

  it('exports the OpenAPI document, and nothing of the inside of the engine', () => {
    const text = `
      import document from 'postern/openapi.json' with { type: 'json' }
      console.log(document.openapi)
      await import('postern/dist/process/app.js').catch(({ code }) => console.log(code))`
    expect(run('exports.js', text)).toMatch(/^3\.\d\.\d\nERR_PACKAGE_PATH_NOT_EXPORTED\n/)
  })

  it('has types that need no others', () => {
    const text = `
      import { createPostern, type Postern, PosternApiError, type PosternOptions } from 'postern'
      const options: PosternOptions = { fetch: () => new Response(), log: (line: string) => {} }
      const postern: Postern = await createPostern(options)
      const { apiKey } = await postern.api.post<{ apiKey: number }>('service/create', {})
      const key: number = apiKey
      postern.clock.advance(key)
      const { url }: { readonly url: string } = await postern.listen()
      // @ts-expect-error: the time is a number of milliseconds.
      postern.clock.advance('1d')
      if (new Error(url) instanceof PosternApiError) await postern.close()`
    writeFileSync(join(installed.folder, 'types.ts'), text)
    const compiler = resolve('node_modules/typescript/bin/tsc')
    const settings = [
      ...['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', ''],
      ...['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom'],
    ]
    expect(node([compiler, ...settings, 'types.ts'])).toBe('')
  })
})

const [oldest] = nodeVersions
const newest = nodeVersions.at(-1) ?? oldest

describe.each([oldest, newest])('package on Node %s', (version) => {
  // `npm run nodes` runs it on every version, installed as by users.
  it('runs postern dev, and the example of docs/embedding.md', async (context) => {
    const release = nodeRelease(version)
    if (typeof release === 'string') return context.skip(release)
    try {
      compileSqlite(installed.folder, release)
    } catch (error) {
      const { stderr } = error as { stderr?: string }
      return context.skip(`SQLite cannot be compiled for Node ${version} here: ${stderr}`)
    }
    const { executable } = release
    const processes = createProcesses(installed.command, executable)
    const dev = ['dev', '--port', '0', '--frontend-port', '0']
    const started = await processes.startedBy(dev, 'Ctrl-C stops it.')
    const [, command = ''] = /^(curl .*)$/m.exec(started.output()) ?? []
    const answer = execFileSync('bash', ['-c', command], { encoding: 'utf8' })
    expect(JSON.parse(answer)).toMatchObject({ token_type: 'Bearer' })
    await stop(started)
    processes.close()

    const [, example = ''] =
      /```js[^\n]*\n(.*?)```/s.exec(readFileSync('docs/embedding.md', 'utf8')) ?? []
    writeFileSync(join(installed.folder, 'example.js'), `console.log(process.version)\n${example}`)
    const options = { cwd: installed.folder, encoding: 'utf8' } as const
    const printed = execFileSync(executable, ['example.js'], options)
    expect(printed).toBe(`v${version}\nOK\nUNAUTHORIZED\n`)
  }, 600_000)
})
