/** The image of `deploy/Dockerfile`, without Docker: its root folder, built by the same script. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFormBrowser } from '../../examples/demo/form-browser.ts'
import { useCompiledSqlite, withoutScripts } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-image-'))
/** In the image, this is `/app`, and its parent the working directory. */
const app = join(folder, 'app')
const dockerfile = readFileSync('deploy/Dockerfile', 'utf8')

/** The JSON array of an instruction, with the paths of this machine. */
function argumentsOf(instruction: RegExp): string[] {
  const words = JSON.parse(instruction.exec(dockerfile)?.[1] ?? '') as string[]
  return words
    .filter((word) => word !== '/nodejs/bin/node')
    .map((word) => word.replace(/^\/app\//, `${app}/`))
}
const serving = argumentsOf(/^CMD (\[.*\])$/m)
const probing = argumentsOf(/^HEALTHCHECK .*CMD (\[.*\])$/m)

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return String(port)
}

const children: ChildProcess[] = []

/** The user of the image: it owns the volume, and can write nothing else. */
const isRoot = process.getuid?.() === 0
const user = isRoot ? { uid: 65_532, gid: 65_532 } : {}

/** Starts node in the working directory, and resolves once it has printed the text. */
async function started(args: string[], text: string, env: Record<string, string>) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { NODE_ENV: 'production', POSTERN_LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...user,
  })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'close')
  while (!output.includes(text)) {
    await Promise.race([once(child.stdout, 'data'), ended])
    if (child.exitCode !== null) throw new Error(output)
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { output: () => output, stop }
}

beforeAll(() => {
  execFileSync('sh', ['deploy/image-root.sh', app], {
    env: { ...process.env, ...withoutScripts },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  useCompiledSqlite(app)
  mkdirSync(join(folder, 'data'))
  if (!isRoot) return
  chmodSync(folder, 0o755)
  chownSync(join(folder, 'data'), 65_532, 65_532)
}, 600_000)
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe('root folder of the image', () => {
  it('has the package and what it needs to run, and nothing to build or test it', () => {
    const top = ['LICENSE', 'README.md', 'dist', 'drizzle', 'node_modules', 'openapi']
    expect(readdirSync(app).sort()).toEqual([...top, 'package-lock.json', 'package.json', 'schema'])
    expect(existsSync(join(app, 'node_modules/hono'))).toBe(true)
    for (const name of ['typescript', 'vitest', 'publint']) {
      expect(existsSync(join(app, 'node_modules', name))).toBe(false)
    }
  })

  it('is small enough for an image of 220 MB', () => {
    const files = readdirSync(app, { recursive: true, withFileTypes: true })
    const bytes = files
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
    // What Node and the C library take leaves at least this much.
    expect(Math.round(bytes / 1_000_000)).toBeLessThanOrEqual(60)
  })

  it('is made by the steps of the Dockerfile: those of CI before, and one script', () => {
    const steps = [...dockerfile.matchAll(/^RUN (.+)$/gm)].map(([, step]) => step)
    expect(steps).toEqual([
      'npm ci --no-audit --no-fund',
      'npm run build && deploy/image-root.sh /image && mkdir /data',
    ])
    expect(dockerfile).toMatch(/^COPY --from=build \/image \/app$/m)
    expect(dockerfile).toMatch(/^USER 65532:65532$/m)
  })

  it('serves, is healthy, shows login pages, and writes to the volume only', async () => {
    const before = readdirSync(app, { recursive: true })
    const POSTERN_PORT = await freePort()
    const probe = () => spawnSync(process.execPath, probing, { env: { POSTERN_PORT } })
    expect(probe().status).toBe(1)
    const server = await started(serving, 'Next:', { POSTERN_PORT, POSTERN_HOST: '0.0.0.0' })
    expect(probe().status).toBe(0)
    expect(readdirSync(join(folder, 'data'))).toContain('postern.db')
    expect(readdirSync(app, { recursive: true })).toEqual(before)

    mkdirSync(join(app, 'deploy'))
    cpSync('deploy/frontend.mjs', join(app, 'deploy/frontend.mjs'))
    const settings = {
      POSTERN_URL: `http://127.0.0.1:${POSTERN_PORT}`,
      ADMIN_TOKEN_FILE: join(folder, 'data/admin.token'),
      FRONTEND_URL: 'http://localhost:3000',
      FRONTEND_PORT: '0',
    }
    const ids: string[] = []
    for (const _ of ['first start', 'second start']) {
      const frontend = await started([join(app, 'deploy/frontend.mjs')], 'port', settings)
      const [, id = '', port] = /service (\d+) .* (\d+)\.\n/.exec(frontend.output()) ?? []
      const page = await createFormBrowser().open(`http://127.0.0.1:${port}/sessions`)
      expect(page.text).toContain('id="password"')
      ids.push(id)
      await frontend.stop()
    }
    expect(ids[1]).toBe(ids[0])
    await server.stop()
    expect(server.output()).toContain('Postern has stopped.')
  })

  it('starts with secrets that deploy/secrets.mjs has generated, once', async () => {
    const secrets = join(folder, 'secrets')
    mkdirSync(secrets)
    const read = () => readdirSync(secrets).map((name) => readFileSync(join(secrets, name), 'utf8'))
    const generate = () =>
      execFileSync(process.execPath, ['deploy/secrets.mjs', secrets, ...(isRoot ? ['65532'] : [])])
    generate()
    const first = read()
    generate()
    expect(read()).toEqual(first)
    for (const name of readdirSync(secrets)) {
      expect(statSync(join(secrets, name)).mode & 0o777).toBe(0o400)
    }
    expect(readFileSync(join(secrets, 'database-url'), 'utf8')).toContain(
      readFileSync(join(secrets, 'database-password'), 'utf8').trim(),
    )
    const POSTERN_PORT = await freePort()
    const server = await started(serving, 'Next:', {
      POSTERN_PORT,
      POSTERN_DATABASE_URL: 'file:data/secrets.db',
      POSTERN_MASTER_KEY_FILE: join(secrets, 'master-key'),
      POSTERN_ADMIN_TOKEN_FILE: join(secrets, 'admin-token'),
      POSTERN_DRAIN_SECONDS: '0',
    })
    const token = readFileSync(join(secrets, 'admin-token'), 'utf8').trim()
    const list = await fetch(`http://127.0.0.1:${POSTERN_PORT}/api/service/get/list`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(list.status).toBe(200)
    await server.stop()
  })
})
