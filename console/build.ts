/** Builds the console into `dist/console`, unless what is there was built from the same files. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const source = import.meta.dirname
const target = join(source, '../dist/console')
const stamp = join(source, '../dist/.console')

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort()

const compressible = /\.(?:html|js|css|svg|json)$/

/** Twins of text files, which the server sends to browsers that accept them. */
function compress(file: string): void {
  const text = readFileSync(file)
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
  writeFileSync(`${file}.br`, brotliCompressSync(text, { params }))
}

const hash = createHash('sha256').update('production')
for (const file of [...filesIn(source), join(source, '../package-lock.json')]) {
  hash.update(`${file}\0`).update(readFileSync(file))
}
const digest = hash.digest('base64url')
const isBuilt = existsSync(join(target, 'index.html')) && existsSync(stamp)
if (!isBuilt || readFileSync(stamp, 'utf8') !== digest) {
  // Tests build, too: what they run is what is released.
  process.env['NODE_ENV'] = 'production'
  const { build } = await import('vite')
  rmSync(stamp, { force: true })
  await build({ configFile: join(source, 'vite.config.ts'), logLevel: 'warn' })
  for (const file of filesIn(target).filter((name) => compressible.test(name))) compress(file)
  writeFileSync(stamp, digest)
}
