/** The committed documents are those that the code makes, and hold together. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documents } from '../src/process/documents.ts'

const made = documents()
const openapi = JSON.parse(made['openapi/openapi.json'] ?? '{}')

describe('generated documents', () => {
  it.each(Object.keys(made))('%s is current: run `npm run generate:documents`', (path) => {
    expect(readFileSync(path, 'utf8')).toBe(made[path])
  })
})

describe('openapi/openapi.json', () => {
  const operations = Object.values<Record<string, { operationId: string }>>(openapi.paths).flatMap(
    (item) => Object.values(item),
  )

  it('names every operation once', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has what each of its references points to', () => {
    const text = JSON.stringify(openapi)
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(openapi.components.schemas).toHaveProperty([name ?? ''])
    }
  })
})
