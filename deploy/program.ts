/**
 * Bundles the compiled modules into the program, which then starts in less than half of the time: a
 * thousand small files cost more to find and to link than to run. Of the packages, those of many
 * files are in it, and their licences beside it; the versions of all are fixed anyway.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'

const root = join(import.meta.dirname, '..')
const compiled = join(root, 'dist')
const program = join(compiled, 'program')

interface Package {
  version: string
  license: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
const packageAt = (path: string) =>
  JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as Package

const bundled = ['@hono/node-server', 'drizzle-orm', 'hono', 'jose', 'structured-headers', 'zod']
const { dependencies, optionalDependencies } = packageAt('.')
const external = Object.keys({ ...dependencies, ...optionalDependencies })

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
const { metafile } = await build({
  entryPoints: [join(compiled, 'main.js')],
  outdir: program,
  bundle: true,
  // What only some servers need is loaded when it is needed.
  splitting: true,
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: external.filter((name) => !bundled.includes(name)),
  legalComments: 'none',
  sourcemap: true,
  logLevel: 'warning',
  metafile: true,
  plugins: [places],
})

const inside = Object.keys(metafile.inputs)
  .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
  .filter((name) => name !== undefined)
const unnamed = inside.filter((name) => !bundled.includes(name))
if (unnamed.length > 0) throw new Error(`The program has ${[...new Set(unnamed)]}: name them.`)

/** A package without a file has to be under the licence of this one. */
function licenceOf(name: string): string {
  const path = join('node_modules', name)
  const { version, license } = packageAt(path)
  const file = readdirSync(join(root, path)).find((each) => /^licen[cs]e/i.test(each))
  if (!file && license !== packageAt('.').license) throw new Error(`${name} has no licence.`)
  const text = readFileSync(file ? join(root, path, file) : join(root, 'LICENSE'), 'utf8')
  return `${name} ${version}, ${license}\n\n${text.trim()}\n`
}
writeFileSync(join(program, 'licences.txt'), bundled.map(licenceOf).join('\n\n'))
