/** The present code migrates a database of each released schema, and serves from it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp } from '../src/process/app.ts'
import { openStore } from '../src/store/open.ts'
import { nameOf } from '../src/store/schema/tokens/names.ts'
import type { Store } from '../src/store/store.ts'
import type { Json } from './support/server.ts'
import { sealer } from './support/stores.ts'
import { testSystem } from './support/system.ts'

const fixtures = 'test/store/fixtures'
const folder = mkdtempSync(join(tmpdir(), 'postern-released-'))
afterAll(() => rmSync(folder, { recursive: true }))

const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.replace(/\.sql$/, ''))

/** Tickets, codes and tokens that callers and clients of that version still have. */
const Held = z.object({
  now: z.number(),
  apiToken: z.string(),
  serviceId: z.number(),
  clientId: z.number(),
  clientSecret: z.string(),
  redirectUri: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
  formerRefreshToken: z.string(),
  ticket: z.string(),
  code: z.string(),
  keyIds: z.array(z.string()),
})

describe.each(names)('database of the released schema %s', (name) => {
  const held = Held.parse(JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')))
  const path = join(folder, `${name}.db`)
  const at = `/api/${held.serviceId}`
  const credentials = { clientId: String(held.clientId), clientSecret: held.clientSecret }
  const form = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
  let store: Store
  let app: ReturnType<typeof createApp>
  let migrations = 0

  beforeAll(async () => {
    const dump = new Database(path)
    dump.exec(readFileSync(join(fixtures, `${name}.sql`), 'utf8'))
    dump.exec(`update clients set data = json_set(data, '$.softwareId', 'software')`)
    dump.exec(`update authorization_codes set data = json_set(data, '$.grant.sessionId', 'sid')`)
    insertTokensOfSession(dump)
    insertSealedTicket(dump)
    migrations = appliedIn(dump)
    dump.close()
    store = await openStore(`file:${path}`, sealer)
    app = createApp({ store, system: testSystem({ now: held.now, seed: 'later' }), sealer })
  })
  afterAll(() => store.close())

  /** A family with offline_access, with a narrowed access token, and an access token without it. */
  function insertTokensOfSession(dump: Database.Database): void {
    const kept = 'service_id, client_id, subject, created_at, expires_at'
    dump.exec(`
      insert into refresh_tokens (${kept}, last_used_at, session_id, family_id, token_hash, data)
      select ${kept}, last_used_at, 'sid', 'offline', 'offline-refresh',
        json_set(data, '$.grant.scopes', json('["openid","offline_access"]'))
      from refresh_tokens limit 1`)
    for (const family of ['offline', 'bound']) {
      dump.exec(`
        insert into access_tokens (${kept}, session_id, family_id, token_hash, data)
        select ${kept}, 'sid', '${family}', 'access-${family}', data from access_tokens limit 1`)
    }
  }

  /** A backchannel request with the sealed token of its client, as it was in the document. */
  function insertSealedTicket(dump: Database.Database): void {
    const place = { table: 'tickets', serviceId: held.serviceId, row: 'sealed-ticket' }
    const request = { kind: 'backchannel', clientId: held.clientId, deliveryMode: 'PING' }
    const sealedNotificationToken = sealer.seal('token-of-then', {
      ...place,
      column: 'client_notification_token',
    })
    const data = JSON.stringify({ ...request, scopes: [], sealedNotificationToken })
    dump
      .prepare(
        `insert into tickets (service_id, ticket_hash, client_id, expires_at, data)
         values (?, ?, ?, ?, ?)`,
      )
      .run(held.serviceId, place.row, held.clientId, held.now + 600_000, data)
  }

  const appliedIn = (database: Database.Database) =>
    Number(database.prepare('select count(*) from __drizzle_migrations').pluck().get())

  async function call(path: string, body?: object): Promise<Json> {
    const response = await app.request(`${at}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${held.apiToken}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    expect([path, response.status]).toEqual([path, 200])
    return response.json()
  }

  it('is migrated by the start from its version', () => {
    const database = new Database(path, { readonly: true })
    const known = readdirSync('drizzle/sqlite').filter((file) => file.endsWith('.sql'))
    expect(migrations).toBe(Number(name.slice(0, 4)) + 1)
    expect(appliedIn(database)).toBe(known.length)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
  })

  it('has the values of its JSON documents in the columns for look-ups', () => {
    const database = new Database(path, { readonly: true })
    const valuesOf = (column: string, table: string) =>
      database.prepare(`select distinct ${column} from ${table}`).pluck().all()
    expect(valuesOf('software_id', 'clients')).toEqual(['software'])
    expect(valuesOf('session_id', 'authorization_codes')).toEqual(['sid'])
    const isOffline = (table: string) =>
      database
        .prepare(`select hash, offline from ${table} where session_id = 'sid' order by 2`)
        .raw()
        .all()
        .map((row) => [nameOf((row as [Buffer, number])[0]), (row as [Buffer, number])[1]])
    expect(isOffline('refresh_tokens')).toEqual([['offline-refresh', 1]])
    expect(isOffline('access_tokens')).toEqual([
      ['access-bound', 0],
      ['access-offline', 1],
    ])
    const moved = `json_extract(data, '$.sealedNotificationToken')`
    expect(valuesOf(moved, 'tickets')).toEqual([null])
    database.close()
  })

  it('opens the notification token of a ticket of its time', async () => {
    const { serviceId, now } = held
    const ticket = await store.tickets.findOpen(serviceId, 'sealed-ticket', now)
    expect(ticket?.notificationToken).toBe('token-of-then')
  })

  it('has its service, its client and its keys', async () => {
    expect(await call('/service/get')).toMatchObject({ apiKey: held.serviceId })
    expect(await call(`/client/get/${held.clientId}`)).toMatchObject({
      clientSecret: held.clientSecret,
      redirectUris: [held.redirectUri],
    })
    const { keys } = await call('/service/jwks/get')
    expect(keys.map(({ kid }: Json) => kid)).toEqual(held.keyIds)
  })

  it('knows its access token', async () => {
    const introspected = await call('/auth/introspection', { token: held.accessToken })
    expect(introspected).toMatchObject({ action: 'OK', subject: 'alice' })
  })

  it('answers a retry of a refresh that it had answered', async () => {
    const parameters = form({ grant_type: 'refresh_token', refresh_token: held.formerRefreshToken })
    const retried = await call('/auth/token', { ...credentials, parameters })
    expect(retried).toMatchObject({ action: 'OK', refreshToken: held.refreshToken })
  })

  it('refreshes its refresh token', async () => {
    const parameters = form({ grant_type: 'refresh_token', refresh_token: held.refreshToken })
    const refreshed = await call('/auth/token', { ...credentials, parameters })
    expect(refreshed).toMatchObject({ action: 'OK', subject: 'alice' })
    const { action } = await call('/auth/introspection', { token: refreshed.accessToken })
    expect(action).toBe('OK')
  })

  it('redeems its authorization code once', async () => {
    const { code, redirectUri } = held
    const parameters = form({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
    const redeemed = await call('/auth/token', { ...credentials, parameters })
    expect(redeemed).toMatchObject({ action: 'OK', subject: 'alice' })
    expect(redeemed.idToken).toEqual(expect.any(String))
    const again = await call('/auth/token', { ...credentials, parameters })
    expect(again.action).toBe('BAD_REQUEST')
  })

  it('issues for its ticket', async () => {
    const issued = await call('/auth/authorization/issue', { ticket: held.ticket, subject: 'bob' })
    expect(issued).toMatchObject({ action: 'LOCATION' })
  })

  it('stores and returns rows of the present version', async () => {
    const client = await call('/client/create', { clientName: 'Another' })
    expect(await call(`/client/get/${client.clientId}`)).toMatchObject({ clientName: 'Another' })
    const service = await call('/service/get')
    const changed = { ...service, serviceName: 'Of the present schema' }
    expect(await call('/service/update', changed)).toMatchObject({
      serviceName: 'Of the present schema',
    })
  })
})
