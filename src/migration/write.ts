/**
 * Writes what an import made: the file of the service for `postern plan` and `apply`, a file for
 * each secret, the tokens, and the report.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { RemoteError } from '../remote/failure.ts'
import type { Migration } from './migration.ts'
import { reportText } from './report-text.ts'

export interface Written {
  /** The file for `postern plan`. */
  file: string
  report: string
  tokens?: string | undefined
}

const ofOwner = 0o600

export function writeMigration(folder: string, migration: Migration): Written {
  const { key, source, service, clients, secrets, report } = migration
  requireEmpty(folder)
  mkdirSync(join(folder, 'secrets'), { recursive: true, mode: 0o700 })
  const secret = (name: string, text: string) => {
    const path = join('secrets', name)
    writeFileSync(join(folder, path), text, { mode: ofOwner })
    return { file: `./${path}` }
  }
  const kept = Object.entries(secrets).map(([name, text]) => [
    name,
    secret(`service-${name}.txt`, text),
  ])
  const items = clients.map((client) => ({
    key: client.key,
    ...client.settings,
    ...(client.secret === undefined
      ? {}
      : { clientSecret: secret(`client-${client.key}.txt`, client.secret) }),
  }))
  const document = {
    postern: 1,
    service: { key, ...service, ...Object.fromEntries(kept) },
    clients: { items },
  }
  const schema = '# yaml-language-server: $schema=./node_modules/postern/schema/service.json\n'
  const file = join(folder, `${key}.yaml`)
  writeFileSync(file, `${schema}# Imported from ${source}.\n${stringify(document)}`)
  const tokens = writeTokens(folder, migration)
  const text = reportText(`Import from ${source}`, report)
  writeFileSync(join(folder, 'report.md'), text)
  writeFileSync(join(folder, 'report.jsonl'), lines(report.lines))
  return { file, report: join(folder, 'report.md'), tokens }
}

/** Hashes of tokens are no tokens, but tell who uses what. */
function writeTokens(folder: string, { tokens, grantedScopes }: Migration): string | undefined {
  if (tokens.length + grantedScopes.length === 0) return undefined
  const path = join(folder, 'tokens.jsonl')
  const entries = [
    ...tokens.map((token) => ({ token })),
    ...grantedScopes.map((granted) => ({ grantedScopes: granted })),
  ]
  writeFileSync(path, lines(entries), { mode: ofOwner })
  return path
}

const lines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** Files of another import would be applied together with these. */
function requireEmpty(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) return
  if (found.isDirectory() && readdirSync(folder).length === 0) return
  throw new RemoteError('usage', `${folder} exists and is not empty: name a new folder by --out.`)
}
