/** Postern as a process of its own, that can be killed like one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const adminToken = 'administrator-of-the-fault-tests'
/** A long run prints more than anybody reads. */
const mostText = 50_000_000
export const masterKey = '0123456789abcdef'.repeat(4)

export interface ServerProcess {
  /** Where it listens; another place after each start. */
  url(): string
  /** What it has printed lately. */
  output(): string
  pid(): number | undefined
  /** Resident memory, in MB. */
  megabytes(): number
  start(): Promise<void>
  /** `kill -9`: nothing is said goodbye to. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export function serverProcess(
  databaseUrl: string,
  more: Record<string, string> = {},
): ServerProcess {
  let child: ChildProcess | undefined
  let text = ''
  let url = ''
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  return {
    url: () => url,
    output: () => text,
    pid: () => child?.pid,
    megabytes() {
      const status = readFileSync(`/proc/${child?.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    },
    async start() {
      const env = {
        PATH: process.env['PATH'] ?? '',
        POSTERN_PORT: '0',
        POSTERN_DATABASE_URL: databaseUrl,
        POSTERN_ADMIN_TOKEN: adminToken,
        POSTERN_MASTER_KEY: masterKey,
        ...more,
      }
      const started = spawn(process.execPath, [resolve('dist/program/main.js'), 'serve'], {
        env,
        stdio: 'pipe',
      })
      child = started
      url = ''
      let printed = ''
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (chunk) => {
          if (url === '') printed += chunk
          text = text.length > mostText ? `${chunk}` : text + chunk
        })
      }
      const exited = once(started, 'exit').then(() => {
        throw new Error(`Postern did not start: ${printed}`)
      })
      exited.catch(() => undefined)
      while (!printed.includes('Next:')) {
        await Promise.race([once(started.stdout, 'data'), exited])
      }
      url = /listens on (\S+)/.exec(printed)?.[1] ?? ''
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
