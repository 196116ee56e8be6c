/** A stolen database contains no secret in clear, neither received nor generated. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { apiTokenHash } from '../../src/caller.ts'
import { createApp } from '../../src/process/app.ts'
import { assemble } from '../../src/store/open.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { SealError } from '../../src/system/sealer.ts'
import { jwksOf, serviceKeys } from '../support/keys.ts'
import { openTestStore, sealer, type TestStore } from '../support/stores.ts'
import { testSystem } from '../support/system.ts'
import { clientRow, predecessorRow } from './rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-at-rest-'))
const redirectUri = 'https://app.example.com/callback'
let opened: TestStore
beforeAll(async () => {
  opened = inject('dialect') === 'sqlite' ? await openFile() : await openTestStore()
})
afterAll(async () => {
  await opened.close()
  rmSync(folder, { recursive: true })
})

async function openFile(): Promise<TestStore> {
  const url = join(folder, 'postern.db')
  const engine = await openSqlite(url)
  const store = assemble(engine, sealer)
  return { store, engine, url, close: store.close }
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** The code flow with an idempotent refresh; every secret that took part, by name. */
async function secretsOfFlow(): Promise<Record<string, string>> {
  const system = testSystem()
  const apiToken = system.random.token(256)
  const row = { tokenHash: apiTokenHash(apiToken), serviceId: 0, createdAt: system.clock() }
  const { store } = opened
  await store.commit(store.apiTokens.upsert({ ...row, data: { label: '', rights: ['admin'] } }))
  const app = createApp({ store, system, sealer })
  const headers = { Authorization: `Bearer ${apiToken}`, 'Content-Type': 'application/json' }
  async function post(path: string, body: object) {
    const response = await app.request(`/api${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what is there
    return (await response.json()) as any
  }
  const form = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
  const service = await post('/service/create', {
    issuer: 'https://as.example.com',
    jwks: jwksOf(...serviceKeys),
    refreshTokenIdempotent: true,
    supportedBackchannelTokenDeliveryModes: ['PING', 'PUSH'],
    attributes: [{ key: 'ext.ciba.deliver', value: 'true' }],
  })
  const at = `/${service.apiKey}`
  const client = await post(`${at}/client/create`, {
    clientType: 'CONFIDENTIAL',
    redirectUris: [redirectUri],
    bcDeliveryMode: 'PUSH',
    bcNotificationEndpoint: redirectUri,
  })
  const userCode = system.random.token(128)
  const authenticated = { clientId: String(client.clientId), clientSecret: client.clientSecret }
  const { ticket } = await post(`${at}/auth/authorization`, {
    parameters: form({
      response_type: 'code',
      client_id: authenticated.clientId,
      redirect_uri: redirectUri,
      scope: 'openid',
    }),
  })
  const issued = await post(`${at}/auth/authorization/issue`, { ticket, subject: 'alice' })
  const code = issued.authorizationCode
  const parameters = form({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
  const first = await post(`${at}/auth/token`, { parameters, ...authenticated })
  const refreshing = form({ grant_type: 'refresh_token', refresh_token: first.refreshToken })
  const second = await post(`${at}/auth/token`, { parameters: refreshing, ...authenticated })
  const clientNotificationToken = system.random.token(256)
  const backchannel = await post(`${at}/backchannel/authentication`, {
    parameters: form({
      ...{ scope: 'openid', login_hint: 'the-hint-of-who-the-user-is', user_code: userCode },
      client_notification_token: clientNotificationToken,
    }),
    ...authenticated,
  })
  const waiting = { ticket: backchannel.ticket }
  const { authReqId } = await post(`${at}/backchannel/authentication/issue`, waiting)
  const decision = { result: 'AUTHORIZED', subject: 'alice' }
  const pushed = await post(`${at}/backchannel/authentication/complete`, {
    ...{ ...waiting, ...decision },
  })
  const keys = serviceKeys.flatMap((key) =>
    privateMembers.flatMap((member) => {
      const value = key[member]
      return value ? [[`${member} of ${key.kid}`, value] as const] : []
    }),
  )
  return {
    apiToken,
    clientSecret: client.clientSecret,
    ticket,
    code,
    accessToken: first.accessToken,
    refreshToken: first.refreshToken,
    secondAccessToken: second.accessToken,
    successor: second.refreshToken,
    clientNotificationToken,
    userCode,
    backchannelTicket: backchannel.ticket,
    authReqId,
    pushedAccessToken: pushed.accessToken,
    pushedRefreshToken: pushed.refreshToken,
    pushedIdToken: pushed.idToken,
    ...Object.fromEntries(keys),
  }
}

/** Everything that the database holds, as text. */
async function everything(): Promise<string> {
  const { engine } = opened
  const rows = await Promise.all(
    Object.values(engine.tables).map((table) => engine.read.select().from(table)),
  )
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  return [JSON.stringify(rows), ...files].join('\n')
}

describe('database after a code flow', () => {
  it('stores no secret, token, code, ticket or private key in clear', async () => {
    const secrets = await secretsOfFlow()
    const text = await everything()
    const count = (await opened.store.services.list({ start: 0, end: 1 })).total
    expect(count).toBe(1)
    expect(Object.keys(secrets).length).toBeGreaterThan(15)
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, typeof secret]).toEqual([name, 'string'])
      expect([name, secret.length]).toEqual([name, expect.toSatisfy((length) => length >= 20)])
      const forms = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]
      for (const form of [...forms, Buffer.from(secret).toString('hex')]) {
        expect([name, text.includes(form)]).toEqual([name, false])
      }
    }
  })

  it('stores public values in clear, which shows that the search for secrets works', async () => {
    const text = await everything()
    for (const seen of [redirectUri, 'https://as.example.com', 'alice', `v1.${sealer.keyId}.`]) {
      expect([seen, text.includes(seen)]).toEqual([seen, true])
    }
  })
})

describe('sealed value of a row', () => {
  it('cannot be decrypted in another row, column or service', async () => {
    const { store, engine } = opened
    const rows = [clientRow(5, 1), clientRow(5, 2), clientRow(6, 1)]
    const predecessors = [1, 2].map((clientId) => predecessorRow({ serviceId: 5, clientId }))
    await store.commit(
      ...rows.map((row) => store.clients.insert(row)),
      ...predecessors.map((row) => store.refreshTokens.insertPredecessor(row)),
    )
    const { clients, refreshPredecessors } = engine.tables
    const [first] = await engine.read
      .select()
      .from(clients)
      .where(and(eq(clients.serviceId, 5), eq(clients.clientId, 1)))
    const [previous] = await engine.read
      .select()
      .from(refreshPredecessors)
      .where(eq(refreshPredecessors.tokenHash, 'previous-1'))
    const { sealed = '' } = first ?? {}
    const { sealedSuccessor = '' } = previous ?? {}
    await store.commit(
      engine.build.update(clients).set({ sealed }).returning().toSQL(),
      engine.build.update(refreshPredecessors).set({ sealedSuccessor }).returning().toSQL(),
    )
    expect(await store.clients.find(5, 1)).toMatchObject({ secrets: rows[0]?.secrets })
    await expect(store.clients.find(5, 2)).rejects.toThrow(SealError)
    await expect(store.clients.find(6, 1)).rejects.toThrow(SealError)
    expect(await store.refreshTokens.findPredecessor(5, 'previous-1')).toEqual(predecessors[0])
    const moved = store.refreshTokens.findPredecessor(5, 'previous-2')
    await expect(moved).rejects.toThrow(SealError)
  })
})
