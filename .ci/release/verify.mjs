#!/usr/bin/env node
/**
 * Verifies the files of a release before they are published: verify.mjs <folder>. Checksums fit, the
 * packages are those of this version, and the list of dependencies is that of the lock file.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = ''] = process.argv.slice(2)
const read = (name) => readFileSync(join(folder, name))
const problems = []
const must = (isGiven, problem) => {
  if (!isGiven) problems.push(problem)
}
function end() {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exit(1)
}

const lines = String(read('SHA256SUMS')).trim().split('\n')
const sums = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
const files = readdirSync(folder).filter((name) => name !== 'SHA256SUMS')
for (const name of new Set([...files, ...sums.keys()])) {
  const sum = files.includes(name) && createHash('sha256').update(read(name)).digest('hex')
  must(sum === sums.get(name), `The checksum of ${name} does not fit.`)
}
// A file that was changed is not opened.
end()

const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'))
for (const expected of [name, `${name}-client`]) {
  const tarball = join(folder, `${expected}-${version}.tgz`)
  const packed = JSON.parse(execFileSync('tar', ['-xOzf', tarball, 'package/package.json']))
  must(
    packed.name === expected && packed.version === version,
    `The package is ${packed.name} ${packed.version}, not ${expected} ${version}.`,
  )
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const expected = Object.entries(packages)
  .filter(([path, { dev, devOptional }]) => path && !dev && !devOptional)
  .map(([path, entry]) => `${path.replace(/^.*node_modules\//, '')}@${entry.version}`)
const { components, metadata } = JSON.parse(read(`${name}-${version}.cdx.json`))
const listed = components.map(({ purl }) => decodeURIComponent(purl).replace(/^pkg:npm\//, ''))
const missing = expected.filter((each) => !listed.includes(each))
const unknown = listed.filter((each) => !expected.includes(each))
must(missing.length === 0, `The list of dependencies lacks ${missing.join(', ')}.`)
must(unknown.length === 0, `The list of dependencies has ${unknown.join(', ')} too many.`)
must(
  metadata.component['bom-ref'] === `${name}@${version}`,
  'The list of dependencies is of another package.',
)
must(
  components.every(({ hashes }) => hashes?.length > 0),
  'The list of dependencies has entries without a hash.',
)
end()
console.log(`${files.length} files of ${name} ${version}, ${listed.length} dependencies: verified.`)
