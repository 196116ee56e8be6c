/** Rows of tokens: their size, their names, former content, and the migration to bytes. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres'
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { Grant } from '../../../src/model/grant.ts'
import { AccessToken, RefreshToken } from '../../../src/model/token/token.ts'
import { assemble } from '../../../src/store/open.ts'
import { openPostgres } from '../../../src/store/postgres/engine.ts'
import { packToken, unpackToken } from '../../../src/store/schema/tokens/data.ts'
import { bytesOf, nameOf } from '../../../src/store/schema/tokens/names.ts'
import { openSqlite } from '../../../src/store/sqlite/engine.ts'
import type { Store } from '../../../src/store/store.ts'
import { createDatabase, openTestStore, sealer, type TestStore } from '../../support/stores.ts'
import { accessTokenRow, clientRow, minute, now, refreshTokenRow, serviceRow } from '../rows.ts'

const isSqlite = inject('dialect') === 'sqlite'
const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url')
const familyOf = (text: string) => hashOf(text).slice(0, 29).concat('A')
/** Ids as services and clients get them. */
const serviceId = 5_730_118_237_990_123
const clientId = 7_112_340_093_551_001
const scopes = ['accounts', 'payments']

describe('token names', () => {
  it('are the same after they were bytes, and different names are different bytes', () => {
    const hash = hashOf('token')
    const spelled = ['', 'a', 'ab', 'refresh-1', 'é', `${hash}=`, `${hash.slice(0, 42)}z`]
    const names = [hash, familyOf('f'), '0mig3k2a1abcdefghijklmnopqrstuv', ...spelled]
    expect(names.map((name) => nameOf(bytesOf(name)))).toEqual(names)
    expect(new Set(names.map((name) => bytesOf(name).toString('hex'))).size).toBe(names.length)
    expect(bytesOf(hash)).toHaveLength(32)
  })
})

describe('token content', () => {
  const data = AccessToken.parse({ grantType: 'CLIENT_CREDENTIALS', grant: { scopes } })

  it('is a letter and the scopes of a usual token', () => {
    expect(packToken(data)).toBe('Caccounts payments')
    expect(unpackToken(AccessToken)('Caccounts payments')).toEqual(data)
    const bare = AccessToken.parse({ grantType: 'PASSWORD', grant: {} })
    expect(packToken(bare)).toBe('P')
    expect(unpackToken(AccessToken)('P')).toEqual(bare)
  })

  it.each([
    { scopes: ['a b', ''] },
    { scopes: ['line\nbreak'], consentedClaims: [], resources: ['https://a.example/'] },
    { scopes, properties: [{ key: 'a', hidden: true }], namedBy: 'alias', nonce: 'a\nb' },
  ])('is all there with a grant of %j', (granted) => {
    const grant = Grant.parse(granted)
    const access = { grantType: 'DEVICE_CODE', grant, jwtId: 'j', forExternalAttachment: true }
    expect(unpackToken(AccessToken)(packToken(access as AccessToken))).toEqual(access)
    const refresh = { grantType: 'CIBA' as const, grant, durationSeconds: 0 }
    expect(unpackToken(RefreshToken)(packToken(refresh))).toEqual(refresh)
  })

  it('that a former version wrote as JSON is read', () => {
    expect(unpackToken(AccessToken)(JSON.stringify(data))).toEqual(data)
    const least = { grantType: 'PASSWORD', grant: { clientIdAliasUsed: true } }
    expect(unpackToken(AccessToken)(JSON.stringify(least))).toMatchObject({
      grant: { namedBy: 'alias', scopes: [] },
    })
  })
})

describe('rows of tokens', () => {
  let opened: TestStore
  let store: Store
  beforeAll(async () => {
    opened = await openTestStore()
    store = opened.store
    await store.commit(
      store.services.insert(serviceRow(serviceId)),
      store.clients.insert(clientRow(serviceId, clientId)),
    )
  })
  afterAll(() => opened.close())

  const tokenOf = (name: string, at = now) => {
    const tokenHash = hashOf(name)
    const data = AccessToken.parse({ grantType: 'CLIENT_CREDENTIALS', grant: { scopes } })
    const times = { createdAt: at, expiresAt: at + minute, sessionId: undefined }
    return {
      ...{ serviceId, clientId, tokenHash, familyId: tokenHash, subject: undefined },
      ...{ ...times, data },
    }
  }
  async function size(): Promise<number> {
    const { read } = opened.engine
    if (isSqlite) {
      const [row] = await read
        .select({ bytes: sql<number>`sum(pgsize)` })
        .from(sql`dbstat where name like '%access_tokens%'`)
      return row?.bytes ?? 0
    }
    const [row] = await read
      .select({ bytes: sql<string>`pg_total_relation_size('access_tokens')` })
      .from(sql`(select 1) as one`)
    return Number(row?.bytes)
  }

  it(`take at most ${isSqlite ? 200 : 300} bytes with their indexes`, async () => {
    const count = 20_000
    const before = await size()
    for (let first = 0; first < count; first += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, index) =>
        tokenOf(`token ${first + index}`, now + first + index),
      )
      await store.commit(...rows.map((row) => store.accessTokens.insertIfClientExists(row)))
    }
    const bytes = ((await size()) - before) / count
    expect(bytes).toBeLessThan(isSqlite ? 200 : 300)
    expect(bytes).toBeGreaterThan(100)
  }, 120_000)

  it('are found by their whole hash, in their own service only', async () => {
    await store.commit(store.accessTokens.insert(tokenOf('found')))
    const hash = hashOf('found')
    expect(await store.accessTokens.find(serviceId, hash)).toMatchObject({ familyId: hash })
    expect(await store.accessTokens.find(1, hash)).toBeUndefined()
    const bytes = Buffer.from(hash, 'base64url')
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0)
    const sameEnd = bytes.toString('base64url')
    for (const other of [sameEnd, `${hash.slice(0, 42)}${hash.at(42) === 'A' ? 'B' : 'z'}`, '']) {
      expect(await store.accessTokens.find(serviceId, other)).toBeUndefined()
    }
  })

  it('of a token that is alone are of the family of its hash, also with another value', async () => {
    const { accessTokens } = store
    const [family, hash] = [hashOf('alone'), hashOf('renewed')]
    await store.commit(accessTokens.insert(tokenOf('alone')))
    expect(await accessTokens.findLatest(serviceId, family, now)).toMatchObject({
      tokenHash: family,
    })
    expect(await accessTokens.count(serviceId, { familyId: family })).toBe(1)
    await store.commit(accessTokens.update(serviceId, family, { tokenHash: hash }))
    expect(await accessTokens.find(serviceId, hash)).toMatchObject({ familyId: family })
    await store.commit(accessTokens.deleteFamily(serviceId, hash))
    expect(await accessTokens.find(serviceId, hash)).toBeDefined()
    await store.commit(accessTokens.deleteFamily(serviceId, family))
    expect(await accessTokens.find(serviceId, hash)).toBeUndefined()
    await store.commit(accessTokens.insert(tokenOf('last')))
    await store.commit(accessTokens.deleteFamily(serviceId, hashOf('last')))
    expect(await accessTokens.find(serviceId, hashOf('last'))).toBeUndefined()
  })
})

describe('migration to bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-former-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The migrations before it. */
  function formerMigrations(): string {
    const source = `drizzle/${inject('dialect')}`
    const target = join(folder, 'migrations')
    mkdirSync(target)
    cpSync(source, target, { recursive: true })
    const journal = join(target, 'meta/_journal.json')
    const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8'))
    writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 29) }))
    return target
  }

  /** Tokens as a former version wrote them. */
  function formerRows(): string[] {
    const access = accessTokenRow({ serviceId, clientId })
    const refresh = refreshTokenRow({ serviceId, clientId })
    const family = '0mig3k2a1abcdefghijklmnopqrstuv'
    const kept = `${serviceId}, ${clientId}, 'alice', ${now}, ${now + minute}`
    const names = 'service_id, client_id, subject, created_at, expires_at'
    return [
      `insert into access_tokens (${names}, token_hash, family_id, data)
        values (${kept}, '${hashOf('access')}', '${family}', '${JSON.stringify(access.data)}')`,
      `insert into access_tokens (${names}, token_hash, family_id, data)
        values (${kept}, 'odd', 'even', '${JSON.stringify(access.data)}')`,
      `insert into refresh_tokens (${names}, token_hash, family_id, data)
        values (${kept}, '${hashOf('refresh')}', '${family}', '${JSON.stringify(refresh.data)}')`,
      `insert into refresh_predecessors
        (service_id, client_id, rotated_at, expires_at, token_hash, family_id)
        values (${serviceId}, ${clientId}, ${now}, ${now + minute}, '${hashOf('former')}',
          '${family}')`,
    ]
  }

  async function openMigrated() {
    const migrationsFolder = formerMigrations()
    if (isSqlite) {
      const path = join(folder, 'former.db')
      const database = new Database(path)
      migrate(drizzle(database), { migrationsFolder })
      for (const row of formerRows()) database.exec(row)
      database.close()
      return { engine: await openSqlite(path), drop: async () => {} }
    }
    const { url, drop } = await createDatabase()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await migratePostgres(drizzlePostgres(client), { migrationsFolder })
    for (const row of formerRows()) await client.query(row)
    await client.end()
    return { engine: await openPostgres(url), drop }
  }

  it('keeps every token and its family', async () => {
    const { engine, drop } = await openMigrated()
    const { accessTokens, refreshTokens, close } = assemble(engine, sealer)
    const family = '0mig3k2a1abcdefghijklmnopqrstuv'
    const { data } = accessTokenRow({ serviceId, clientId })
    expect(await accessTokens.find(serviceId, hashOf('access'))).toMatchObject({
      ...{ familyId: family, subject: 'alice', createdAt: now, data },
    })
    expect(await accessTokens.find(serviceId, 'odd')).toMatchObject({ familyId: 'even' })
    expect(await accessTokens.findLatest(serviceId, family, now)).toBeDefined()
    const current = await refreshTokens.findFamily(serviceId, family)
    expect(current).toMatchObject({ tokenHash: hashOf('refresh') })
    expect(await refreshTokens.find(serviceId, hashOf('refresh'))).toEqual(current)
    expect(await refreshTokens.findPredecessor(serviceId, hashOf('former'))).toMatchObject({
      familyId: family,
    })
    await engine.commit(
      accessTokens.deleteFamily(serviceId, family),
      refreshTokens.deleteFamily(serviceId, family),
    )
    expect(await accessTokens.find(serviceId, hashOf('access'))).toBeUndefined()
    await close()
    await drop()
  })
})
