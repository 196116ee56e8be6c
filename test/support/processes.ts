/** Postern as a separate process in a new folder, from the output of `npm run build`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const compiled = resolve('dist/program/main.js')

export interface Started {
  child: ChildProcess
  /** The output so far, of both streams. */
  output: () => string
  url: string
}

type Environment = Record<string, string>

export interface Processes {
  folder: string
  /** Path of a file in its data directory. */
  file(name: string): string
  /** Starts a server, and resolves when it listens. */
  started(environment?: Environment): Promise<Started>
  /** Starts a command that runs until it is stopped, and resolves when it has printed the text. */
  startedBy(args: string[], text: string, environment?: Environment): Promise<Started>
  /** Runs a command, or a start that fails, and returns exit code and output. */
  run(args: string[], environment?: Environment): Promise<{ code: number; output: string }>
  close(): void
}

/** `entry` is the program of another place, such as an installed package; `node`, another Node. */
export function createProcesses(entry = compiled, node = process.execPath): Processes {
  const folder = mkdtempSync(join(tmpdir(), 'postern-process-'))
  const running: ChildProcess[] = []

  function launch(args: string[], environment: Environment) {
    const env = {
      PATH: process.env['PATH'] ?? '',
      POSTERN_PORT: '0',
      POSTERN_DRAIN_SECONDS: '0',
      ...environment,
    }
    const options = { cwd: folder, env, stdio: 'pipe' } as const
    const child = spawn(node, [entry, ...args], options)
    running.push(child)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk
      })
    }
    return { child, output: () => text }
  }

  async function startedBy(args: string[], text: string, environment: Environment = {}) {
    const launched = launch(args, environment)
    const ended = once(launched.child, 'close')
    while (!launched.output().includes(text)) {
      await Promise.race([once(launched.child.stdout, 'data'), ended])
      if (launched.child.exitCode !== null) throw new Error(launched.output())
    }
    const url = /listens on (\S+)/.exec(launched.output())?.[1] ?? ''
    return { ...launched, url }
  }

  return {
    folder,
    file: (name) => join(folder, 'data', name),
    started: (environment) => startedBy(['serve'], 'Next:', environment),
    startedBy,
    async run(args, environment = {}) {
      const { child, output } = launch(args, environment)
      const [code] = await once(child, 'close')
      return { code, output: output() }
    },
    close() {
      for (const child of running.splice(0)) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Stops a server, and waits for its regular exit. */
export async function stop({ child, output }: Started, signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM') {
  const closed = once(child, 'close')
  child.kill(signal)
  const [code] = await closed
  if (code !== 0 || !output().includes('Postern has stopped.')) throw new Error(output())
}
