/** The committed documents are generated from the code, consistent, and name existing paths. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endpoints } from '../src/api/index.ts'
import { documents } from '../src/process/documents.ts'
import { catalogue } from '../src/refusal.ts'
import { readAnswers } from './documents/answers.ts'
import { clientFiles } from './documents/client.ts'
import { codePages } from './documents/codes.ts'
import { coveragePage } from './documents/coverage.ts'
import { referencePages } from './documents/reference.ts'

const own = documents()
const pages = await referencePages(own['openapi/openapi.json'] ?? '')
const ofClient = clientFiles(own['openapi/openapi.json'] ?? '')
const generated = [own, pages, codePages(), coveragePage(), ofClient]
const made: Record<string, string> = Object.assign({}, ...generated)
const openapi = JSON.parse(made['openapi/openapi.json'] ?? '{}')

describe('generated documents', () => {
  it.each(Object.keys(made))('%s is current: run `npm run generate:documents`', (path) => {
    expect(readFileSync(path, 'utf8')).toBe(made[path])
  })

  it('have no page of codes that are gone', () => {
    const found = readdirSync('docs/reference/codes').map((file) => `docs/reference/codes/${file}`)
    expect(found.filter((page) => made[page] === undefined)).toEqual([])
  })
})

describe('openapi/openapi.json', () => {
  const operations = Object.values<Record<string, { operationId: string }>>(openapi.paths).flatMap(
    (item) => Object.values(item),
  )

  it('lists every operation once', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has a definition for each reference', () => {
    const text = JSON.stringify(openapi)
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(openapi.components.schemas).toHaveProperty([name ?? ''])
    }
  })
})

/** Documents in prose that name files of the repository, or link to them. */
const guides = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'UPGRADE.md',
  'src/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.startsWith('site/'))
    .map((file) => join('docs', file)),
]

/** A path in backticks, relative to the root of the repository or, as in the map, to `src/`. */
const path = /^[\w.-]+(\/[\w.<>-]+)*(\/|\.(ts|md|json))$/

describe('documents in prose', () => {
  it.each(['src/README.md', 'CONTRIBUTING.md'])('name only existing paths: %s', (file) => {
    const named = [...readFileSync(file, 'utf8').matchAll(/`([^`\s]+)`/g)]
      .map(([, text = '']) => text)
      .filter((text) => path.test(text))
    // In a pattern such as `oauth/<family>/`, the part before the placeholder must exist.
    const missing = named
      .map((text) => text.replace(/[^/]*(<|NNNN).*$/, ''))
      .filter((text) => !existsSync(text) && !existsSync(join('src', text)))
    expect(named.length).toBeGreaterThan(20)
    expect(missing).toEqual([])
  })

  it('name only existing source files and links', () => {
    const missing = guides.flatMap((file) => {
      const text = readFileSync(file, 'utf8')
      const sources = [...text.matchAll(/`((?:src|test|docs|examples)\/[\w./-]+\.\w+)`/g)]
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      return [
        ...sources.map(([, name = '']) => name),
        ...links.map(([, name = '']) => join(dirname(file), name)),
      ]
        .filter((name) => !existsSync(name))
        .map((name) => `${file}: ${name}`)
    })
    expect(missing).toEqual([])
  })
})

describe('test/documents/answers.txt', () => {
  const operations = new Set(endpoints.map(({ operationId }) => operationId))

  it('names codes and operations that exist: record them by UPDATE_ANSWERS=1', () => {
    const answers = [...readAnswers()]
    expect(answers.length).toBeGreaterThan(50)
    expect(answers.flatMap(([code]) => (catalogue.has(code) ? [] : code))).toEqual([])
    expect(answers.flatMap(([, seen]) => seen.filter((id) => !operations.has(id)))).toEqual([])
  })
})
