/** Versions of Node that the package supports, each from the registry, with its headers. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { npm } from './package.ts'

/** A release of each line; the first one is the oldest that the package supports. */
export const nodeVersions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const

export interface NodeRelease {
  version: string
  executable: string
  /** The environment in which npm runs, installs and compiles for this Node. */
  environment: Record<string, string>
}

/** SQLite is compiled in a fifth of the time: neither optimised nor searched for mistakes. */
const quickly = '-O0 -w -Wno-misleading-indentation'
const compiling = { CFLAGS: quickly, CXXFLAGS: quickly }

/** Kept from run to run: a release has 200 MB. */
const folderOf = (version: string) => resolve('node_modules/.cache/nodes', version)

/** The release, or the reason why this machine cannot have it. */
export function nodeRelease(version: string): NodeRelease | string {
  if (version === process.versions.node) {
    return { version, executable: process.execPath, environment: compiling }
  }
  const name = `node-${process.platform}-${process.arch}`
  const folder = folderOf(version)
  const home = join(folder, 'node_modules', name)
  const executable = join(home, 'bin/node')
  try {
    if (!existsSync(executable)) {
      mkdirSync(folder, { recursive: true })
      npm(['install', '--no-save', '--prefix', folder, `${name}@${version}`], folder)
    }
    execFileSync(executable, ['--version'])
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    const reason = /E404|ETARGET|notarget/.test(stderr) ? 'it is not in the registry' : message
    return `Node ${version} cannot be had here: ${reason}`
  }
  return { version, executable, environment: environmentOf(home) }
}

const environmentOf = (home: string) => ({
  PATH: [join(home, 'bin'), process.env['PATH']].join(delimiter),
  npm_config_nodedir: home,
  ...compiling,
})

/** Compiles SQLite in the folder for the release, or takes what an earlier run has compiled. */
export function compileSqlite(folder: string, { version, environment }: NodeRelease): void {
  const sqlite = join(folder, 'node_modules/better-sqlite3')
  const file = join(sqlite, 'build/Release/better_sqlite3.node')
  const { version: ofSqlite } = JSON.parse(readFileSync(join(sqlite, 'package.json'), 'utf8'))
  // The installed one is that of this Node.
  if (version === process.versions.node) return
  const compiled = join(folderOf(version), `better_sqlite3-${ofSqlite}.node`)
  if (existsSync(compiled)) {
    copyFileSync(compiled, file)
    return
  }
  npm(['rebuild', 'better-sqlite3'], folder, {
    ...environment,
    npm_config_build_from_source: 'true',
  })
  copyFileSync(file, compiled)
}
