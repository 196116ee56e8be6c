/**
 * Bundles the compiled modules into the program, which then starts in about half of the time: a
 * thousand small files cost more to find and to link than to run. Packages stay outside of it.
 */
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'

const compiled = join(import.meta.dirname, '../dist')
const program = join(compiled, 'program')

/** Modules go on finding files from where they were compiled to. */
const places: Plugin = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const place = JSON.stringify(relative(program, path).replaceAll('\\', '/'))
      const text = await readFile(path, 'utf8')
      return {
        contents: text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`),
      }
    })
  },
}

rmSync(program, { recursive: true, force: true })
await build({
  entryPoints: [join(compiled, 'main.js')],
  outdir: program,
  bundle: true,
  // What only some servers need is loaded when it is needed.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  legalComments: 'none',
  sourcemap: true,
  logLevel: 'warning',
  plugins: [places],
})
