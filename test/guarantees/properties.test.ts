/**
 * `docs/reference/properties.md` lists every property of services and clients by family: what it does, and its default.
 * The code reads each of them, or the page says why it has no effect.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ClientDocument } from '../../src/model/client/client.ts'
import { families } from '../../src/model/properties/family.ts'
import { unusedProperties, withoutEffect } from '../../src/model/properties/without-effect.ts'
import { ServiceDocument } from '../../src/model/service/service.ts'

/** Files that store, validate and return properties, which is no effect. */
const storing =
  /^src\/(model\/|api\/|oauth\/service\/settings|oauth\/registration\/(client-rules|metadata-names)|services\/describe)/

/** The code that reads properties, without its comments and imports. */
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', file))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('src/model/'))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  .map(({ file, text }) => ({ file, text: text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') }))

/** Whether a source reads the property by its name or by a composed name. */
function reads(text: string, name: string): boolean {
  if (new RegExp(`\\b${name}\\b`).test(text)) return true
  const composed = [...text.matchAll(/\[`(\w+)\$\{\w+\}(\w*)`\]/g)]
  return composed.some(([, start = '', end = '']) => name.startsWith(start) && name.endsWith(end))
}

const readersOf = (name: string): string[] =>
  sources.filter(({ text }) => reads(text, name)).map(({ file }) => file)

function rowOf([name, schema]: [string, z.ZodType]): string {
  const value = schema.parse(undefined)
  const reason = withoutEffect(name)
  const meaning = [schema.description, reason && `*No effect: ${reason}*`].filter(Boolean).join(' ')
  const byDefault = value === undefined ? '–' : `\`${value}\``
  return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} | ${byDefault} |`
}

/** The properties of a document by family, in the order of the families. */
function tablesOf(title: string, shape: Record<string, z.ZodType>): string {
  const properties = Object.entries(shape)
  const tables = Object.entries(families).flatMap(([family, name]) => {
    const rows = properties.filter(([, schema]) => schema.meta()?.family === family).map(rowOf)
    const head = `### ${name}\n\n| Property | Meaning | Default |\n| --- | --- | --- |`
    return rows.length > 0 ? [`${head}\n${rows.join('\n')}`] : []
  })
  return [`## ${title}`, ...tables].join('\n\n')
}

const page = `${[
  '# Properties of services and clients',
  'Postern accepts, checks, stores and returns every property of the contract. This page says what each property does, with its unit and its specification. "Default" is the value of a property that is not set; "–" means that it is absent. The settings in `attributes` are listed in [attributes.md](attributes.md). A test generates this page from the descriptions beside the schemas.',
  tablesOf('Service', ServiceDocument.shape),
  tablesOf('Client', ClientDocument.shape),
].join('\n\n')}\n`

const shapes = { ...ServiceDocument.shape, ...ClientDocument.shape }
const all = Object.keys(shapes)

describe('properties of services and clients', () => {
  it('are read by the code, unless they are listed as without effect', () => {
    const unread = all.filter((name) => !withoutEffect(name) && readersOf(name).length === 0)
    expect(unread).toEqual([])
  })

  it('are not listed as without effect if the code reads them or the model lacks them', () => {
    const isInformation = (name: string) => withoutEffect(name)?.startsWith('It is information')
    const wrong = unusedProperties
      .filter((name) => !isInformation(name))
      .filter((name) => readersOf(name).some((file) => !storing.test(file)))
    const unknown = unusedProperties.filter((name) => !Object.hasOwn(shapes, name))
    expect([...wrong, ...unknown]).toEqual([])
  })

  it('have a family each', () => {
    const without = [ServiceDocument, ClientDocument].flatMap(({ shape }) =>
      Object.entries<z.ZodType>(shape).filter(([, schema]) => !schema.meta()?.family),
    )
    expect(without.map(([name]) => name)).toEqual([])
  })

  it('have a place in the forms of the console, of at most 60 kB', () => {
    const text = readFileSync('console/src/editor/forms.json', 'utf8')
    const made = JSON.parse(text)
    const namesOf = (settings: { name: string }[]) => settings.map(({ name }) => name)
    expect(namesOf(made.service)).toEqual(Object.keys(ServiceDocument.shape))
    expect(namesOf(made.client)).toEqual(Object.keys(ClientDocument.shape))
    expect(gzipSync(text).length).toBeLessThan(60_000)
  })

  it('have descriptions that are sentences', () => {
    const fragments = Object.entries(shapes).filter(
      ([, { description = '' }]) => !/^[A-Z].{20,}[.]$/.test(description),
    )
    expect(fragments.map(([name]) => name)).toEqual([])
  })

  it('are listed in docs/reference/properties.md', () => {
    if (process.env['UPDATE_DOCUMENTS']) writeFileSync('docs/reference/properties.md', page)
    expect(readFileSync('docs/reference/properties.md', 'utf8')).toBe(page)
  })
})
