/** An import from its files to a running Postern: files, plan, apply, tokens. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createPostern } from '../../src/embedded/postern.ts'
import { inputsOf } from '../../src/migration/input.ts'
import type { Migration } from '../../src/migration/migration.ts'
import type { Line } from '../../src/migration/report.ts'
import { sources } from '../../src/migration/sources.ts'
import { sendTokens } from '../../src/migration/tokens.ts'
import { writeMigration } from '../../src/migration/write.ts'
import { applyFile } from '../../src/remote/configuration/apply.ts'
import { changesAnything, finderFor, planFile } from '../../src/remote/configuration/plan.ts'
import { askedBy } from '../../src/remote/configuration/requests.ts'
import type { Json } from '../support/server.ts'

export interface Imports {
  folder: string
  /** Imports files by their names, and writes the result to a folder. */
  read(source: keyof typeof sources, files: Record<string, unknown>, more?: Json): Promise<Read>
  /** Plans and applies a file, and plans it again; returns the id of the service. */
  apply(file: string): Promise<Applied>
  tokens(serviceId: string, file: string): Promise<Json>
  api(path: string, body?: Json): Promise<Json>
  close(): Promise<void>
}
export interface Read {
  migration: Migration
  file: string
  folder: string
  tokens: string | undefined
  report: string
}
interface Applied {
  serviceId: string
  /** By the keys of clients. */
  secrets: Record<string, string>
  changesAgain: boolean
}

export async function openImports(): Promise<Imports> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-import-'))
  const postern = await createPostern()
  const { url } = await postern.listen()
  const connection = { url, token: postern.api.token }
  let made = 0
  return {
    folder,
    async read(source, files, more = {}) {
      made += 1
      const names = Object.entries(files).map(([name, content]) => {
        const path = join(folder, `${made}-${name}`)
        writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
        return path
      })
      const migrate = await sources[source].load()
      const order = { key: undefined, issuer: undefined, name: undefined, ...more }
      const migration = await migrate(inputsOf(names), order)
      const out = join(folder, `out-${made}`)
      const { file, report, tokens } = writeMigration(out, migration)
      return { migration, file, folder: out, tokens, report: readFileSync(report, 'utf8') }
    },
    async apply(file) {
      const secrets: Record<string, string> = {}
      const planned = async () => {
        const find = await finderFor(connection, 1, undefined)
        return planFile(connection, askedBy(file, {}), find)
      }
      const done = await applyFile(connection, await planned(), {
        allowDelete: false,
        keepSecret: ({ client, clientSecret }) => {
          secrets[client] = clientSecret
        },
      })
      const again = await planned()
      return {
        serviceId: done.serviceId,
        secrets,
        changesAgain: again.serviceId === undefined || again.plans.some(changesAnything),
      }
    },
    tokens: (serviceId, file) => sendTokens(connection, serviceId, file, () => undefined),
    api: (path, body) => (body ? postern.api.post(path, body) : postern.api.get(path)),
    async close() {
      await postern.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Each property of an object of the source has a line. */
export function expectComplete(
  lines: readonly Line[],
  of: string,
  source: Readonly<Record<string, unknown>>,
): void {
  const told = new Set(lines.filter((line) => line.of === of).map(({ property }) => property))
  expect(Object.keys(source).filter((name) => !told.has(name))).toEqual([])
}

/** Lines that say nothing have no use: all but `taken` have a reason. */
export function expectReasons(lines: readonly Line[]): void {
  const silent = lines.filter(({ outcome, note }) => outcome !== 'taken' && !note)
  expect(silent).toEqual([])
}

/** What became of a property. */
export const outcomesOf = (lines: readonly Line[], of: string, property: string) =>
  lines.filter((line) => line.of === of && line.property === property)
