/**
 * Tests import `src/*.ts` and run the output of the build, so that the released code is tested: its
 * target compiles object spread to Object.assign, which differs for a member named __proto__.
 */
import { execFileSync } from 'node:child_process'
import { dirname, relative, resolve } from 'node:path'
import type { Plugin } from 'vitest/config'

export function compiled(): Plugin {
  return {
    name: 'compiled',
    enforce: 'pre',
    config() {
      // Once for all projects of a run; a build without changes takes a second.
      if (process.env['POSTERN_COMPILED']) return
      execFileSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' })
      process.env['POSTERN_COMPILED'] = 'true'
    },
    resolveId(source, importer) {
      if (!importer || !source.startsWith('.')) return undefined
      const path = relative('src', resolve(dirname(importer), source))
      const isSource = !path.startsWith('..') && path.endsWith('.ts')
      return isSource ? resolve('dist', path.replace(/\.ts$/, '.js')) : undefined
    },
  }
}
