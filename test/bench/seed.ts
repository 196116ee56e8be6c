/** A database with services that are all alike, so that requests can be spread over them. */
import { createHash, randomBytes } from 'node:crypto'
import { apiTokenHash } from '../../src/caller.ts'
import { createApp } from '../../src/process/app.ts'
import type { Write } from '../../src/store/engine.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { createSealer } from '../../src/system/sealer.ts'
import { createSystem } from '../../src/system/system.ts'
import { form, issuer as issuerUrl, redirectUri } from '../support/flows.ts'
import { jwksOf, serviceKeys } from '../support/keys.ts'
import { issuerSettings, type SeededIssuer, tokenRequest } from './credentials.ts'
import { federationSettings, type SeededFederation, signingClient } from './federation.ts'

export const masterKey = createHash('sha256').update('bench').digest()
export const adminToken = 'bench-administrator-token-of-32-bytes'

export interface Seeded {
  /** Services whose access tokens are opaque; each has the same client and the same live token. */
  serviceIds: number[]
  clientId: number
  clientSecret: string
  token: string
  /** The service whose access tokens are JWTs of ES256. */
  jwtServiceId?: number
  /** The service that issues credentials, with a token of its user. */
  issuer?: SeededIssuer
  /** The service that takes part in a federation. */
  federation?: SeededFederation
}

const settings = {
  serviceName: 'Bench',
  issuer: issuerUrl,
  authorizationEndpoint: `${issuerUrl}/authorize`,
  tokenEndpoint: `${issuerUrl}/token`,
  jwksUri: `${issuerUrl}/jwks`,
  backchannelAuthenticationEndpoint: `${issuerUrl}/backchannel`,
  supportedBackchannelTokenDeliveryModes: ['POLL'],
  jwks: jwksOf(...serviceKeys),
  supportedScopes: ['openid', 'profile', 'email', 'read', 'write'].map((name) => ({ name })),
}

const client = {
  clientName: 'Bench client',
  clientType: 'CONFIDENTIAL',
  redirectUris: [redirectUri],
  idTokenSignAlg: 'ES256',
  bcDeliveryMode: 'POLL',
}

/** The name of each service of the seed is found by its number. */
export const searchedName = (at: number) => `Tenant ${String(at).padStart(6, '0')}`

/** Every service has a common label; one of ten thousand has a rare one. */
const searchedLabels = (at: number) => (at % 10_000 === 9_999 ? 'common rare' : 'common')

type Row = Record<string, string | number>

type Post = (path: string, body: unknown) => Promise<Row>

function poster(send: (path: string, init: RequestInit) => Response | Promise<Response>): Post {
  const headers = { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' }
  return async (path, body) => {
    const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as Row
  }
}

/** One service, with a client and a token, by calls that every build answers. */
async function seedService(post: Post): Promise<Seeded> {
  const serviceId = Number((await post('/api/service/create', settings))['apiKey'])
  const made = await post(`/api/${serviceId}/client/create`, client)
  const clientId = Number(made['clientId'])
  const clientSecret = String(made['clientSecret'])
  const answer = await post(`/api/${serviceId}/auth/token`, {
    parameters: form({ grant_type: 'client_credentials', scope: 'read' }),
    clientId: String(clientId),
    clientSecret,
    accessTokenDuration: 86_400,
  })
  if (answer['action'] !== 'OK') throw new Error(JSON.stringify(answer))
  const token = String(answer['accessToken'])
  return { serviceIds: [serviceId], clientId, clientSecret, token }
}

/** Another build, whose database may look different: over HTTP. */
export const seedOver = (url: string): Promise<Seeded> =>
  seedService(poster((path, init) => fetch(`${url}${path}`, init)))

export async function seed(databaseUrl: string, services: number): Promise<Required<Seeded>> {
  const sealer = createSealer(masterKey)
  const store = await openStore(databaseUrl, sealer)
  const system = createSystem({ logLevel: 'silent', outboundAllow: [] })
  const app = createApp({ store, system, sealer })
  const createdAt = system.clock()
  const data = { label: 'bench', rights: ['admin' as const] }
  const tokenHash = apiTokenHash(adminToken)
  await store.commit(store.apiTokens.upsert({ tokenHash, serviceId: 0, createdAt, data }))
  const post = poster((path, init) => app.request(path, init))
  const seeded = await seedService(post)
  const { clientId, token } = seeded
  const [first = 0] = seeded.serviceIds
  const jwt = { ...settings, accessTokenSignAlg: 'ES256' }
  const jwtServiceId = Number((await post('/api/service/create', jwt))['apiKey'])
  const issuing = Number(
    (await post('/api/service/create', { ...settings, ...issuerSettings }))['apiKey'],
  )
  const wallet = await post(`/api/${issuing}/client/create`, client)
  const { clientId: walletId } = wallet
  const created = await post(`/api/${issuing}/auth/token/create`, {
    ...tokenRequest,
    clientId: walletId,
  })
  const federated = { ...settings, ...federationSettings }
  const inFederation = Number((await post('/api/service/create', federated))['apiKey'])
  const signing = await post(`/api/${inFederation}/client/create`, signingClient)
  const federation = { serviceId: inFederation, clientId: Number(signing['clientId']) }
  const serviceIds = [first]
  for (let at = 1; at < services; at++) serviceIds.push(first + at * 1_000)
  const pattern = { serviceId: first, clientId, token }
  await copyTo(store, pattern, [...serviceIds.slice(1)], 1_000)
  await copyTo(store, pattern, [jwtServiceId], undefined)
  await store.close()
  const issuer = { serviceId: issuing, token: String(created['accessToken']) }
  return { ...seeded, serviceIds, jwtServiceId, issuer, federation }
}

/** So many further tokens of the client of the first service: their values. */
export async function seedTokens(
  databaseUrl: string,
  { serviceIds: [serviceId = 0], token }: Seeded,
  count: number,
): Promise<string[]> {
  const store = await openStore(databaseUrl, createSealer(masterKey))
  const pattern = await store.accessTokens.find(serviceId, apiTokenHash(token))
  if (!pattern) throw new Error('The token is not there.')
  const { sessionId: _, grantId: _grant, subject: _subject, ...plain } = pattern
  const absent = { subject: undefined, sessionId: undefined, offline: false }
  const values = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  for (let at = 0; at < count; at += 500) {
    const writes = values.slice(at, at + 500).map((value) => {
      const tokenHash = apiTokenHash(value)
      return store.accessTokens.insert({ ...plain, ...absent, serviceId, tokenHash })
    })
    await store.commit(...writes)
  }
  await store.close()
  return values
}

/** The client and the token in further services, which are made where they have a number. */
async function copyTo(
  store: Store,
  pattern: { serviceId: number; clientId: number; token: string },
  serviceIds: number[],
  numberFrom: number | undefined,
): Promise<void> {
  const service = await store.services.find(pattern.serviceId)
  const client = await store.clients.find(pattern.serviceId, pattern.clientId)
  const token = await store.accessTokens.find(pattern.serviceId, apiTokenHash(pattern.token))
  if (!service || !client || !token) throw new Error('What is to be copied is not there.')
  const { sessionId: _, grantId: _grant, subject: _subject, ...plain } = token
  const { alias: _alias, developer: _developer, version: _version, ...kept } = client
  const { version: _serviceVersion, ...document } = service
  const absent = { subject: undefined, sessionId: undefined, offline: false }
  let writes: Write[] = []
  for (const [at, serviceId] of serviceIds.entries()) {
    if (numberFrom !== undefined) {
      const attributes = [{ key: 'ext.labels', value: searchedLabels(at) }]
      const data = { ...document.data, serviceName: searchedName(at), attributes }
      const number = numberFrom + at
      writes.push(store.services.insert({ ...document, serviceId, number, data }))
    }
    writes.push(
      store.clients.insert({
        ...kept,
        serviceId,
        alias: undefined,
        softwareId: undefined,
        developer: undefined,
        location: undefined,
        entityId: undefined,
        registrationHash: undefined,
      }),
      store.accessTokens.insert({ ...plain, ...absent, serviceId }),
    )
    if (writes.length < 600 && at < serviceIds.length - 1) continue
    await store.commit(...writes)
    writes = []
  }
}
