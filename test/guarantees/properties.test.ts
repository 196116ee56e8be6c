/**
 * `docs/reference/properties.md` lists every property of services and clients: what it does, and its default.
 * The code reads each of them, or the page says why it has no effect.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ClientDocument } from '../../src/model/client/client.ts'
import { ServiceDocument } from '../../src/model/service/service.ts'

/** Properties that are stored and returned but have no effect in Postern, each with the reason. */
const withoutEffect: Record<string, string[]> = {
  'It is a note of the caller, which no operation of the contract reads.': words(
    'inScopeForTokenMigration',
  ),
  'Postern has no endpoints for clients: the frontend has them.': words(`
    directAuthorizationEndpointEnabled directTokenEndpointEnabled directRevocationEndpointEnabled
    directIntrospectionEndpointEnabled directJwksEndpointEnabled directUserInfoEndpointEnabled`),
  'Postern has no login pages: the frontend authenticates users and developers.': words(`
    authenticationCallbackEndpoint authenticationCallbackApiKey authenticationCallbackApiSecret
    developerAuthenticationCallbackEndpoint developerAuthenticationCallbackApiKey
    developerAuthenticationCallbackApiSecret supportedSnses snsCredentials supportedDeveloperSnses
    developerSnsCredentials clientsPerDeveloper`),
  'It is information for the frontend.': words(`
    serviceName clientName clientNames description descriptions logoUri logoUris contacts
    softwareVersion tosUris policyUris clientUri clientUris digestAlgorithm
    mtlsEndpointAliasesUsed`),
}

/** Files that store, validate and return properties, which is no effect. */
const storing =
  /^src\/(model\/|api\/|oauth\/service\/settings|oauth\/registration\/(client-rules|metadata-names)|services\/describe)/

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

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

const reasonFor = (name: string): string | undefined =>
  Object.entries(withoutEffect).find(([, names]) => names.includes(name))?.[0]

function rowOf([name, schema]: [string, z.ZodType]): string {
  const value = schema.parse(undefined)
  const reason = reasonFor(name)
  const meaning = [schema.description, reason && `*No effect: ${reason}*`].filter(Boolean).join(' ')
  const byDefault = value === undefined ? '–' : `\`${value}\``
  return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} | ${byDefault} |`
}

const tableOf = (title: string, shape: Record<string, z.ZodType>): string =>
  [
    `## ${title}`,
    '',
    '| Property | Meaning | Default |',
    '| --- | --- | --- |',
    ...Object.entries(shape).map(rowOf),
  ].join('\n')

const page = `${[
  '# Properties of services and clients',
  'Postern accepts, checks, stores and returns every property of the contract. This page says what each property does, with its unit and its specification. "Default" is the value of a property that is not set; "–" means that it is absent. The settings in `attributes` are listed in [attributes.md](attributes.md). A test generates this page from the descriptions beside the schemas.',
  tableOf('Service', ServiceDocument.shape),
  tableOf('Client', ClientDocument.shape),
].join('\n\n')}\n`

const shapes = { ...ServiceDocument.shape, ...ClientDocument.shape }
const all = Object.keys(shapes)

describe('properties of services and clients', () => {
  it('are read by the code, unless they are listed as without effect', () => {
    const unread = all.filter((name) => !reasonFor(name) && readersOf(name).length === 0)
    expect(unread).toEqual([])
  })

  it('are not listed as without effect if the code reads them or the model lacks them', () => {
    const isInformation = (name: string) => reasonFor(name)?.startsWith('It is information')
    const wrong = Object.values(withoutEffect)
      .flat()
      .filter((name) => !isInformation(name))
      .filter((name) => readersOf(name).some((file) => !storing.test(file)))
    const unknown = Object.values(withoutEffect)
      .flat()
      .filter((name) => !Object.hasOwn(shapes, name))
    expect([...wrong, ...unknown]).toEqual([])
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
