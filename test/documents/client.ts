/** Writes what is generated of the package `postern-client`: types, and tables of operations. */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { endpoints } from '../../src/api/index.ts'
import type { RelayRow } from '../../src/http/relay.ts'
import { type OpenApi, shortPath, typesOf } from './typescript.ts'

const generated = 'Generated: `npm run generate:documents` writes this file.'

/** The generated files of the package: path and text. */
export function clientFiles(openapi: string): Record<string, string> {
  const types = `/** The types of the API, from \`openapi/openapi.json\`. ${generated} */\n`
  return {
    'client/src/generated/types.ts': typesOf(JSON.parse(openapi) as OpenApi, types),
    'client/src/generated/tables.ts': tables(),
  }
}

function tables(): string {
  const rows: string[] = []
  const numberOf = (row: RelayRow | undefined): number => {
    const text = JSON.stringify(row)
    if (!rows.includes(text)) rows.push(text)
    return rows.indexOf(text)
  }
  const relays = endpoints.flatMap(({ path, relay }) => {
    if (!relay) return []
    const actions = Object.entries(relay).map(([action, row]) => `${action}: ${numberOf(row)}`)
    return [`  '${shortPath(path)}': { ${actions.join(', ')} },\n`]
  })
  const creating = endpoints.filter(({ isRepeatable }) => isRepeatable)
  const changing = endpoints.filter(
    ({ method, audits }) => method === 'get' && audits && audits !== 'private_keys.read',
  )
  const paths = (those: typeof endpoints) =>
    those.map(({ path }) => `  '${shortPath(path)}',\n`).join('')
  return [
    `/** What the client must know of operations. ${generated} */\n`,
    'export interface RelayRow {',
    '  readonly status: number',
    '  /** Where `responseContent` is sent. */',
    "  readonly content: 'body' | 'location' | 'challenge' | 'none'",
    '  readonly type?: string',
    '  readonly headers?: Readonly<Record<string, string>>',
    '}\n',
    '/** The HTTP responses that there are. */',
    `export const rows: readonly RelayRow[] = [\n${rows.map((row) => `  ${row},\n`).join('')}]\n`,
    '/** The response for each action that ends an exchange, by operation: an index of `rows`. */',
    'export const relayTables: Readonly<Record<string, Readonly<Record<string, number>>>> = {',
    `${relays.join('')}}\n`,
    '/** Operations that create something, and take an Idempotency-Key. */',
    `export const creating: readonly string[] = [\n${paths(creating)}]\n`,
    '/** Operations by GET that change something. */',
    `export const changingByGet: readonly string[] = [\n${paths(changing)}]\n`,
  ].join('\n')
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const openapi = readFileSync('openapi/openapi.json', 'utf8')
  for (const [path, text] of Object.entries(clientFiles(openapi))) writeFileSync(path, text)
}
