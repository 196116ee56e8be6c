#!/usr/bin/env node
/** Prints what CHANGELOG.md says of a version: notes.mjs <version>. */
import { readFileSync } from 'node:fs'

const [version = ''] = process.argv.slice(2)
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m)
const section = sections.find((text) => text.startsWith(`${version} - `))
if (!section) {
  console.error(`CHANGELOG.md has no section of ${version}.`)
  process.exit(1)
}
console.log(section.split('\n').slice(1).join('\n').trim())
