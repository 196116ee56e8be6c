#!/usr/bin/env node
/**
 * Writes package.json and package-lock.json without what only developers need into an empty folder:
 * dependencies.mjs <folder>. With `--omit dev`, npm leaves packages out of its list that are needed
 * by the program and by tools, too.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder = ''] = process.argv.slice(2)
const read = (name) => JSON.parse(readFileSync(name, 'utf8'))
const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value, null, 2))

const { devDependencies: _, overrides: __, ...manifest } = read('package.json')
write('package.json', manifest)
const lock = read('package-lock.json')
const packages = Object.entries(lock.packages).filter(
  ([, { dev, devOptional }]) => !dev && !devOptional,
)
const { devDependencies: ___, ...root } = lock.packages['']
write('package-lock.json', { ...lock, packages: { ...Object.fromEntries(packages), '': root } })
