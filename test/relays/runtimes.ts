/** The relays of `examples/relays`: how each is installed and started. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

export interface Runtime {
  name: string
  /** The program that must be there. */
  needs: string
  /** Whether it takes so long that it is tested with POSTERN_TEST_RELAYS=all only. */
  isSlow?: boolean
  /** The file with the endpoints. */
  source: string
  /** Files that decide what is installed. */
  manifest: string[]
  /** In a copy of its folder. */
  install: string[][]
  start(port: number): string[]
}

const npm = ['npm', 'install', '--no-audit', '--no-fund', '--no-package-lock']
const inVenv = (program: string) => join('venv', 'bin', program)

export const runtimes: Runtime[] = [
  {
    ...{ name: 'express', needs: 'npm', source: 'server.js', manifest: ['package.json'] },
    install: [npm],
    start: () => ['node', 'server.js'],
  },
  {
    ...{ name: 'fastapi', needs: 'python3', source: 'main.py', manifest: ['requirements.txt'] },
    install: [
      ['python3', '-m', 'venv', 'venv'],
      [inVenv('pip'), 'install', '--quiet', '--requirement', 'requirements.txt'],
    ],
    start: (port) => [inVenv('uvicorn'), 'main:app', '--host', '127.0.0.1', '--port', `${port}`],
  },
  {
    ...{ name: 'go', needs: 'go', source: 'main.go' },
    manifest: ['go.mod', 'main.go', 'postern.go'],
    install: [['go', 'build', '-o', 'relay', '.']],
    start: () => ['./relay'],
  },
  {
    ...{ name: 'next', needs: 'npm', isSlow: true, source: 'app/[...path]/route.js' },
    manifest: ['package.json', 'postern.js', 'app/[...path]/route.js'],
    install: [npm, ['npm', 'run', 'build']],
    start: () => ['node', 'node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1'],
  },
  {
    ...{ name: 'spring', needs: 'mvn', isSlow: true, source: 'src/main/java/relay/Relay.java' },
    manifest: [
      'pom.xml',
      ...['Relay', 'Postern'].map((name) => `src/main/java/relay/${name}.java`),
    ],
    install: [['mvn', '--quiet', '--batch-mode', '--no-transfer-progress', 'package']],
    start: () => ['java', '-jar', 'target/relay-1.jar'],
  },
]

/** Why the relay is not tested here, if it is not. */
export function absence({ name, needs, isSlow }: Runtime): string | undefined {
  if (isSlow && process.env['POSTERN_TEST_RELAYS'] !== 'all') {
    return `${name} is tested with POSTERN_TEST_RELAYS=all`
  }
  const found = spawnSync('sh', ['-c', `command -v ${needs}`]).status === 0
  return found ? undefined : `${name} needs ${needs}`
}

const offline =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|name resolution|NewConnection|UnknownHost|Connection refused/i
const run = promisify(execFile)

/** Copies the relay and installs what it needs; undefined if the registry cannot be reached. */
export async function installed(runtime: Runtime): Promise<string | undefined> {
  const source = join('examples/relays', runtime.name)
  const folder = resolve('.cache/relays', runtime.name)
  const marker = join(folder, '.installed')
  const texts = runtime.manifest.map((file) => readFileSync(join(source, file), 'utf8'))
  const wanted = createHash('sha256').update(texts.join('\0')).digest('hex')
  const isInstalled = existsSync(marker) && readFileSync(marker, 'utf8') === wanted
  if (!isInstalled) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(source, folder, { recursive: true })
  if (isInstalled) return folder
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  for (const [program = '', ...args] of runtime.install) {
    const command = program.includes('/') ? join(folder, program) : program
    try {
      await run(command, args, { cwd: folder, env, timeout: 300_000 })
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      if (offline.test(`${stdout}${stderr}`)) return undefined
      throw new Error(`${runtime.name}: ${program} ${args.join(' ')}\n${stdout}${stderr}`)
    }
  }
  writeFileSync(marker, wanted)
  return folder
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the relay, and resolves when it answers. */
export async function started(
  { name, start }: Runtime,
  folder: string,
  env: Record<string, string>,
): Promise<ChildProcess> {
  const [program = '', ...args] = start(Number(env['PORT']))
  const command = program.includes('/') ? join(folder, program) : program
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${output}`)
    const response = await fetch(`http://127.0.0.1:${env['PORT']}/jwks`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response) return child
    await new Promise((resume) => setTimeout(resume, 100))
  }
}
