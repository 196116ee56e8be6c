/** Runs the sessions of a page against a Postern of their own, and compares what they print. */
import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { startDev } from '../../src/dev/start.ts'
import { createProcesses } from '../support/processes.ts'
import type { Fence, Session } from './fences.ts'

const run = promisify(execFile)
const mark = '--- end of fence ---'

export function hasPrograms(): boolean {
  try {
    execFileSync('bash', ['-c', 'type curl jq openssl'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Place {
  folder: string
  /** The addresses that replace those of the page. */
  api: string
  frontend: string
  environment: Record<string, string>
  close(): Promise<void> | void
}

async function serving(): Promise<Place> {
  const processes = createProcesses()
  const { url } = await processes.started()
  const { folder, close } = processes
  return { folder, api: url, frontend: '', environment: {}, close }
}

async function developing(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-page-'))
  const dev = await startDev({ port: 0, frontendPort: 0 })
  const exported = dev.lines.flatMap((line) => {
    const [, name = '', value = ''] = /^export (\w+)=(.*)$/.exec(line) ?? []
    return name ? [[name, value]] : []
  })
  return {
    ...{ folder, api: dev.url, frontend: dev.issuer },
    environment: Object.fromEntries(exported),
    async close() {
      await dev.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The command `postern` of the compiled code. */
function commandFolder(folder: string): string {
  const bin = join(folder, '.bin')
  mkdirSync(bin, { recursive: true })
  const program = join(bin, 'postern')
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${resolve('dist/program/main.js')}" "$@"\n`,
  )
  chmodSync(program, 0o755)
  return bin
}

/** Commands in other languages run as files, which import both packages by their names. */
function scriptOf(language: string, commands: string, name: string): string {
  if (language === 'sh' || language === 'bash') return commands
  const folder = resolve('.cache/docs')
  const modules = join(folder, 'node_modules')
  mkdirSync(modules, { recursive: true })
  const client = join(modules, 'postern-client')
  if (!existsSync(client)) symlinkSync(resolve('client'), client)
  const isTyped = language === 'ts'
  const file = join(folder, `${name}.${isTyped ? 'mts' : 'mjs'}`)
  writeFileSync(file, commands)
  const runner = isTyped ? resolve('node_modules/.bin/tsx') : process.execPath
  return `"${runner}" "${file}"`
}

export async function runSession(page: string, session: Session): Promise<void> {
  const place = await (session.on === 'serve' ? serving() : developing())
  try {
    const bin = commandFolder(place.folder)
    for (const { name, text } of session.files) writeFileSync(join(place.folder, name), text)
    const adapted = (text: string) =>
      text
        .replaceAll('http://127.0.0.1:7678', place.api)
        .replaceAll('http://127.0.0.1:7679', place.frontend)
    const parts = session.steps.map(({ language, commands, line }) =>
      scriptOf(language, adapted(commands), `${page.replaceAll(/\W/g, '-')}-${line}`),
    )
    const script = parts.map((part) => `${part}\necho '${mark}'`).join('\n')
    const env = {
      ...{
        PATH: `${bin}:${process.env['PATH']}`,
        HOME: place.folder,
        XDG_CONFIG_HOME: place.folder,
      },
      ...place.environment,
    }
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      ...{ cwd: place.folder, env, timeout: 110_000 },
    }).catch((error) => {
      throw new Error(`${page}: ${error.stderr || error.message}\n${error.stdout}`)
    })
    compare(page, session, stdout.split(`${mark}\n`))
  } finally {
    await place.close()
  }
}

function compare(page: string, { steps }: Session, outputs: string[]): void {
  for (const [index, { expected, commands }] of steps.entries()) {
    const output = outputs[index] ?? ''
    for (const fence of expected) {
      const where = `${page}:${fence.line}\n${commands}`
      if (fence.language === 'json') {
        expect.soft(JSON.parse(output), where).toEqual(shapeOf(JSON.parse(fence.text)))
      } else expect.soft(output, where).toMatch(patternOf(fence))
    }
  }
}

/** `"<any>"` is any value; an object may have further members. */
function shapeOf(shown: unknown): unknown {
  if (shown === '<any>') return expect.anything()
  if (Array.isArray(shown)) return shown.map(shapeOf)
  if (typeof shown !== 'object' || shown === null) return shown
  const members = Object.entries(shown).map(([name, value]) => [name, shapeOf(value)])
  return expect.objectContaining(Object.fromEntries(members))
}

/** The lines of a text, with others between them; `<any>` is any text. */
function patternOf({ text }: Fence): RegExp {
  const lines = text.trimEnd().split('\n')
  const escaped = lines.map((line) =>
    line
      .trim()
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('<any>', '.*'),
  )
  return new RegExp(escaped.join('[\\s\\S]*\\n[\\s\\S]*?'))
}
