/** The package as users get it: packed from the compiled code, and installed in an empty folder. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Packs `dist/` of the package as it is, and returns the path of the tarball. */
export function pack(folder: string, of = '.'): string {
  // Without scripts: `prepack` would delete the compiled code, which other tests are running.
  const options = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const printed = npm(options, resolve(of))
  const [made] = JSON.parse(printed) as { filename: string }[]
  return join(folder, made?.filename ?? '')
}

export function npm(args: string[], folder: string, environment: Record<string, string> = {}) {
  return execFileSync('npm', args, {
    cwd: folder,
    env: { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export interface Installed {
  tarball: string
  /** The folder whose `node_modules` has the package. */
  folder: string
  /** The path of the command. */
  command: string
  remove(): void
}

/** Settings of npm for an installation that compiles nothing: SQLite alone takes half a minute. */
export const withoutScripts = {
  npm_config_ignore_scripts: 'true',
  npm_config_prefer_offline: 'true',
}

/** Takes the SQLite of this repository, which `npm ci` has compiled for the same Node. */
export function useCompiledSqlite(folder: string): void {
  const file = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  cpSync(file, join(folder, file))
}

/** Installs the tarball in an empty folder. */
export function install(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'postern-package-'))
  const tarball = pack(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(['install', '--no-save', tarball], folder, withoutScripts)
  useCompiledSqlite(folder)
  return {
    tarball,
    folder,
    command: join(folder, 'node_modules/postern/dist/program/main.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
