/** The README describes the configuration that the code reads. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configTable } from '../src/process/config-table.ts'

const rows = configTable.map(
  ({ name, default: byDefault, meaning, isSecret }) =>
    `| \`${name}\` | ${byDefault} | ${meaning}${isSecret ? ` Or in a file: \`${name}_FILE\`.` : ''} |`,
)
const table = ['| Variable | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n')
const [start, end] = ['<!-- configuration -->\n', '\n<!-- /configuration -->']

describe('README.md', () => {
  it('contains the table of the configuration', () => {
    const text = readFileSync('README.md', 'utf8')
    const from = text.indexOf(start) + start.length
    const to = text.indexOf(end)
    const whole = `${text.slice(0, from)}${table}${text.slice(to)}`
    if (process.env['UPDATE_DOCUMENTS']) writeFileSync('README.md', whole)
    expect(readFileSync('README.md', 'utf8')).toBe(whole)
  })
})
