/** The columns by which services and clients are searched, also of rows of earlier versions. */
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { Store } from '../../../src/store/store.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'
import { clientRow, serviceRow } from '../rows.ts'

let opened: TestStore
let store: Store
beforeEach(async () => {
  opened = await openTestStore()
  store = opened.store
})
afterEach(() => opened.close())

const services = [
  { serviceName: '  The  Name ', issuer: 'https://AS.example/tenant' },
  { serviceName: 'x'.repeat(400), issuer: `http://${'y'.repeat(400)}` },
  { serviceName: '', issuer: 'urn:example' },
  {},
]
const clients = [
  { clientName: 'A Client', redirectUris: ['https://one.example/cb', 'https://two.example/cb'] },
  { clientName: 'Locked', locked: true, clientType: 'PUBLIC', clientSource: 'STATIC_REGISTRATION' },
  { redirectUris: [] },
]

async function insertAll(): Promise<void> {
  await store.commit(
    ...services.map((data, at) => store.services.insert({ ...serviceRow(at + 1), data })),
    ...clients.map((data, at) => store.clients.insert({ ...clientRow(1, at + 1), data })),
  )
}

async function rows() {
  const [ofServices, ofClients] = [
    await store.summaries.services({ limit: 10 }, undefined),
    await store.summaries.clients(1, { limit: 10 }),
  ]
  const { services: s, clients: c } = opened.engine.tables
  const { read } = opened.engine
  const columns = [
    await read.select({ n: s.number, name: s.searchName, uri: s.searchIssuer }).from(s),
    await read
      .select({ n: c.number, name: c.searchName, uri: c.searchUri, traits: c.traits })
      .from(c),
  ].map((found) => found.sort((one, other) => one.n - other.n))
  // A member without a value is absent, or null where the migration wrote it.
  return JSON.parse(JSON.stringify({ ofServices, ofClients, columns }), (_, value) =>
    value === null ? undefined : value,
  )
}

/** The statements of the migration that fill the columns of rows that there are. */
const filling = ['0023_summaries', '0026_search_inside'].flatMap((name) =>
  readFileSync(`drizzle/${inject('dialect')}/${name}.sql`, 'utf8')
    .split('--> statement-breakpoint\n')
    .filter((statement) => statement.startsWith('UPDATE'))
    .map((statement) => statement.trim().replace(/;$/, '')),
)

describe('summary', () => {
  it('of a row of an earlier version is what saving the row would have stored', async () => {
    await insertAll()
    const saved = await rows()
    const { engine } = opened
    const { services: s, clients: c } = engine.tables
    const empty = { searchName: '', summary: {} }
    await engine.commit(
      engine.build
        .update(s)
        .set({ ...empty, searchIssuer: null })
        .returning()
        .toSQL(),
      engine.build
        .update(c)
        .set({ ...empty, searchUri: null, traits: '' })
        .returning()
        .toSQL(),
    )
    expect(await rows()).not.toEqual(saved)
    expect(filling).toHaveLength(3)
    const writes = filling.map((text) => ({ sql: `${text} returning 1`, params: [] }))
    await engine.commit(...writes)
    const spaces = (text: string) => text.replace(/ {2,}/g, ' ')
    expect(spaces(JSON.stringify(await rows()))).toEqual(spaces(JSON.stringify(saved)))
  })

  it('is a short text in the order of bytes, whatever the locale of the database', async () => {
    const names = ['a b', 'a-b', 'ab', 'A.c', 'ä', 'z', 'é', '_', '0', '😀', 'ﬀ']
    const writes = names.map((serviceName, at) =>
      store.services.insert({ ...serviceRow(at + 1), data: { serviceName } }),
    )
    await store.commit(...writes)
    const { rows: found } = await store.summaries.services({ limit: 20 }, undefined)
    const shown = found.map(({ summary }) => summary.serviceName)
    expect(shown).toEqual(['0', '_', 'a b', 'a-b', 'A.c', 'ab', 'ﬀ', 'z', 'ä', 'é', '😀'])
    const longest = await opened.engine.read
      .select({ length: sql<number>`max(length(search_name))` })
      .from(opened.engine.tables.services)
    expect(Number(longest[0]?.length)).toBeLessThanOrEqual(120)
  })

  it('fits into the index whatever the document has', async () => {
    const long = '\u{1f600}'.repeat(4_000)
    const labels = Array.from({ length: 20 }, (_, at) => `${at}`.padEnd(48, 'x')).join(' ')
    const attributes = [{ key: 'ext.labels', value: labels }]
    const document = { serviceName: long, issuer: long, clientName: long, redirectUris: [long] }
    const data = { ...document, attributes }
    await store.commit(
      store.services.insert({ ...serviceRow(1), data }),
      store.clients.insert({ ...clientRow(1, 1), data }),
    )
    const search = { label: `0${'x'.repeat(47)}`, limit: 10 }
    expect((await store.summaries.services(search, undefined)).rows).toHaveLength(1)
    expect((await store.summaries.clients(1, search)).rows).toHaveLength(1)
  })
})
