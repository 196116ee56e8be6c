/** The servers that are compared, each a process of its own, and what their processes cost. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adminToken, masterKey } from './seed.ts'

export interface Server {
  url: string
  /** Milliseconds from its start until it listened. */
  startedIn: number
  /** Milliseconds of processor time so far. */
  processorTime: () => number
  /** Mebibytes that it holds now. */
  memory: () => number
  stop: () => Promise<void>
}

/**
 * As `npm start` has it: what lives for one request is collected in fewer, larger rounds, and a
 * server that waits for its turn keeps its compiled code.
 */
const asStarted = ['--max-semi-space-size=64', '--no-memory-reducer']

/** Resolves once the process has printed where it listens. */
function launch(options: string[], environment: Record<string, string>): Promise<Server> {
  const started = performance.now()
  const child = spawn(process.execPath, [...asStarted, ...options], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaint = ''
  child.stderr?.on('data', (text: Buffer) => {
    complaint = `${complaint}${text}`.slice(-2_000)
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`${options.join(' ')} ended with ${code}: ${complaint}`))
    })
    child.stdout?.on('data', (text: Buffer) => {
      printed += text
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
      if (url) resolve(serverOf(child, url, performance.now() - started))
    })
  })
}

export function serverOf(child: ChildProcess, url: string, startedIn: number): Server {
  return {
    url,
    startedIn,
    processorTime: () => processorTimeOf(child.pid ?? 0),
    memory: () => memoryOf(child.pid ?? 0),
    stop: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
    },
  }
}

/**
 * Linux counts the nanoseconds of each thread, or at least clock ticks, a hundred a second; other
 * systems have no such files.
 */
function processorTimeOf(pid: number): number {
  const threads = `/proc/${pid}/task`
  if (existsSync(`/proc/${pid}/schedstat`)) {
    const ran = readdirSync(threads).map((thread) => nanosecondsOf(`${threads}/${thread}`))
    return ran.reduce((sum, each) => sum + each, 0) / 1e6
  }
  if (!existsSync(`/proc/${pid}/stat`)) return Number.NaN
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const fields = rest.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function nanosecondsOf(thread: string): number {
  try {
    return Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    // The thread has ended since.
    return 0
  }
}

function memoryOf(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) / 1_024
}

/** `POSTERN_BENCH_PROFILE` names a folder for a profile of every Postern. */
export function launchPostern(
  databaseUrl: string,
  main = 'dist/program/main.js',
  folder = process.env['POSTERN_BENCH_PROFILE'],
): Promise<Server> {
  const profile = folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
  return launch([...profile, main, 'serve'], {
    POSTERN_PORT: '0',
    POSTERN_DATABASE_URL: databaseUrl,
    POSTERN_MASTER_KEY: masterKey.toString('hex'),
    POSTERN_ADMIN_TOKEN: adminToken,
    POSTERN_LOG_LEVEL: 'info',
  })
}

export const launchBare = (): Promise<Server> =>
  launch(['--import', 'tsx', join(import.meta.dirname, 'bare.ts')], {})

export const launchNode = (): Promise<Server> =>
  launch(['--import', 'tsx', join(import.meta.dirname, 'node-server.ts')], {})

export const launchPeer = (): Promise<Server> =>
  launch(['--import', 'tsx', join(import.meta.dirname, 'peer.ts')], {})

/** The version of oidc-provider that it runs beside. */
export function peerVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('oidc-provider'))
  const file = join(dirname(entry), '../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
