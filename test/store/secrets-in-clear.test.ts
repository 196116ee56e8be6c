/** Flows with secrets of every kind; then all tables, files, logs and errors are searched. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactEncrypt, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { pushSecurityEvents } from '../../src/process/events/set-outbox.ts'
import { openDocuments } from '../../src/store/configuration.ts'
import { assemble } from '../../src/store/open.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { createMemoryProvider } from '../../src/system/providers/memory-provider.ts'
import { ask, begin, cibaClient, complete } from '../support/ciba.ts'
import { credentialsOf } from '../support/credential-requests.ts'
import {
  createIssuer,
  credentialKey,
  credentialRequest,
  fetchNonce,
  makeProof,
  obtainCredentialToken,
  walletKey,
} from '../support/credentials.ts'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
  verifier,
} from '../support/flows.ts'
import { withStatusLists } from '../support/issued.ts'
import { clientKey, encryptionPair, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import { createOffer, redeemOffer } from '../support/offers.ts'
import { createSecretWatch } from '../support/secret-watch.ts'
import type { Json } from '../support/server.ts'
import { openTestStore, sealer, type TestStore } from '../support/stores.ts'
import { testClock, testLog, testSystem } from '../support/system.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-secrets-'))
const salt = 'salt-of-the-pairwise-subjects-of-the-service'
const password = 'correct-horse-battery-staple-of-the-user'
const notificationToken = 'notification-token-of-the-client-0123456789'
const bindingUserCode = 'user-code-that-the-user-chose-0123456789'
const sessionId = 'the-session-of-alice'
const deviceSecret = 'device-secret-that-the-frontend-made-0123'
const badge = 'badge-of-the-user-by-the-directory-0123456789'
const rotatedSecret = 'client-secret-that-the-caller-chose-after-that'
const revisedSecret = 'client-secret-that-came-with-other-settings-01'
const chosenSecret = 'client-secret-that-the-caller-chose-for-the-client'

let opened: TestStore
let service: TestService
let client: Json
const secrets: Record<string, string> = {
  ...{ salt, password, notificationToken, bindingUserCode },
  'attribute of a user': badge,
}

const policy = [{ claim: 'badge', source: 'badge', mode: 'always', targets: ['userinfo'] }]

const keep = (of: string, values: Json, ...names: string[]) => {
  for (const name of names) secrets[`${name} of ${of}`] = values[name]
}

const requestKey = { ...(await encryptionPair('ECDH-ES', 'of requests')), alg: 'ECDH-ES' }
const degree = 'degree-of-alice-by-the-university-0123456789'

const keyProviders = new Map([['box', createMemoryProvider('box')]])

beforeAll(async () => {
  opened = inject('dialect') === 'sqlite' ? await openFile() : await openTestStore()
  service = await createService(
    {
      pairwiseSubjectSalt: salt,
      refreshTokenIdempotent: true,
      nativeSsoSupported: true,
      supportedScopes: ['openid', 'device_sso', 'read', 'ssf.manage'].map((name) => ({ name })),
      grantManagementActionRequired: false,
      supportedBackchannelTokenDeliveryModes: ['POLL', 'PING', 'PUSH'],
      backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
      deviceAuthorizationEndpoint: `${issuer}/device`,
      deviceVerificationUri: `${issuer}/activate`,
      attributes: [
        { key: 'ext.ciba.deliver', value: 'true' },
        { key: 'ext.session.registry', value: 'on' },
        { key: 'ext.ssf.base', value: `${issuer}/ssf` },
        { key: 'ext.userinfo.stored_claims', value: 'true' },
        { key: 'ext.claims.policy', value: JSON.stringify(policy) },
      ],
      backchannelLogoutSupported: true,
      dynamicRegistrationSupported: true,
      registrationManagementEndpoint: `${issuer}/register`,
      grantManagementEndpoint: `${issuer}/grants`,
    },
    { on: opened, system: testSystem({ keyProviders }) },
  )
  const endpoint = await service.api('/events/endpoint/create', { url: `${issuer}/events` })
  keep('the event endpoint', endpoint, 'secret')
  // The log begins, and gets a row of each token that is replaced or revoked from now on.
  await service.api('/auth/token/revocations', {})
  await sessions()
  await codes()
  await backchannel()
  await devices()
  await assertions()
  await management()
  await logouts()
  await offers()
  await credentials()
  await streams()
  for (const key of [...serviceKeys, clientKey, credentialKey, requestKey]) {
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
      const value = key[member]
      if (value) secrets[`${member} of ${key.kid}`] = value
    }
  }
})
afterAll(async () => {
  await service.close()
  rmSync(folder, { recursive: true })
})

async function openFile(): Promise<TestStore> {
  const url = join(folder, 'postern.db')
  const engine = await openSqlite(url)
  const store = assemble(engine, sealer)
  return { store, engine, url, close: store.close }
}

async function codes(): Promise<void> {
  client = await service.client({ clientName: 'The client' })
  const { ticket } = await authorize(service, client, { scope: 'openid read' })
  secrets['ticket'] = ticket
  secrets['unused code'] = await obtainCode(service, client, {
    ...{ scope: 'openid read', grant_management_action: 'create' },
  })
  const userAttributes = { badge }
  const session = { sessionId, authTime: 1_700_000_000, userAttributes }
  const scope = 'openid device_sso read'
  const first = await obtainTokens(service, client, { scope }, session)
  const tokens = { ...first, ...(await finish(first)) }
  const next = await refresh(service, client, tokens.refreshToken)
  const info = await service.api('/auth/userinfo/issue', { token: next.accessToken })
  expect(info.responseContent).toContain(badge)
  secrets['code verifier'] = verifier
  keep('the client', client, 'clientSecret')
  keep('the code', tokens, 'accessToken', 'refreshToken', 'idToken')
  keep('the refresh', next, 'accessToken', 'refreshToken')
  secrets['device secret'] = deviceSecret
  const asked = await requestToken(service, client, {
    ...{ grant_type: 'password', username: 'alice', password, scope: 'read' },
  })
  expect(asked.action).toBe('PASSWORD')
  secrets['ticket of the password'] = asked.ticket
}

/** A session that goes on, a logout that waits for the user, and one that could not be told. */
async function sessions(): Promise<void> {
  const subject = 'alice'
  keep('the session', await service.api('/session/create', { subject, sessionId }), 'browserState')
  const asked = await service.api('/logout', { parameters: '', sessionId })
  keep('the logout', asked, 'ticket')
  const told = 'https://app.example.com/logged-out'
  const participant = await service.client({ backchannelLogoutUri: told })
  const other = await service.api('/session/create', { subject: 'bob' })
  const ended = { subject: 'bob', sessionId: other.session.sessionId }
  await obtainTokens(service, participant, { scope: 'openid read' }, ended)
  const answer = await service.api('/session/delete', {
    sessionId: ended.sessionId,
    waitMs: 1_000,
  })
  expect(answer.deliveries).toMatchObject([{ status: 'PENDING' }])
  const sent = service.system.fetch.asked.find(({ url }) => url === told)
  secrets['Logout Token'] = new URLSearchParams(sent?.options.body).get('logout_token') ?? ''
}

/** The second step of Native SSO: the frontend passes the device secret that it generated. */
const finish = ({ accessToken, refreshToken }: Json): Promise<Json> =>
  service.api('/nativesso', { accessToken, refreshToken, deviceSecret })

async function backchannel(): Promise<void> {
  const pinged = await cibaClient(service, 'PUSH')
  const more = { client_notification_token: notificationToken, user_code: bindingUserCode }
  keep('the asked', await ask(service, pinged, more), 'ticket')
  const begun = await begin(service, pinged, more)
  keep('the begun', begun, 'ticket', 'authReqId')
  const pushed = await complete(service, begun.ticket)
  expect(pushed.action).toBe('NO_ACTION')
  keep('the push', pushed, 'accessToken', 'refreshToken', 'idToken')
}

async function devices(): Promise<void> {
  const answer = await service.api('/device/authorization', {
    parameters: form({ scope: 'openid read' }),
    ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
  })
  keep('the device', answer, 'deviceCode', 'userCode')
  await service.api('/device/verification', { userCode: 'BBBBBBBB' })
}

async function assertions(): Promise<void> {
  const signing = await service.client({
    ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', tokenAuthSignAlg: 'ES256' },
    ...{ jwks: jwksOf(publicKey(clientKey)), grantTypes: ['CLIENT_CREDENTIALS'] },
  })
  const seconds = Math.floor(service.system.clock() / 1000)
  const id = String(signing.clientId)
  const claims = { iss: id, sub: id, aud: issuer, exp: seconds + 60, iat: seconds }
  const assertion = await new SignJWT({ ...claims, jti: 'recognisable-id-of-the-assertion-01' })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(clientKey)
  const answer = await service.api('/auth/token', {
    parameters: form({
      ...{ grant_type: 'client_credentials', client_id: id, client_assertion: assertion },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }),
  })
  expect(answer).toMatchObject({ action: 'OK' })
  secrets['assertion'] = assertion
  secrets['jti of the assertion'] = 'recognisable-id-of-the-assertion-01'
  keep('client credentials', answer, 'accessToken')
}

async function management(): Promise<void> {
  const made = await service.post('/api/servicetoken/create', {
    ...{ serviceId: service.serviceId, label: 'made', accessTokenName: 'made' },
  })
  expect(made).toMatchObject({ accessToken: expect.any(String) })
  keep('the API', made, 'accessToken')
  secrets['administrator'] = service.adminToken
  const other = await service.client()
  const path = `/client/secret/update/${other.clientId}`
  await service.api(path, { clientSecret: chosenSecret })
  secrets['chosen secret'] = chosenSecret
  await service.api(path, { clientSecret: rotatedSecret, graceSeconds: 600 })
  secrets['secret after a rotation'] = rotatedSecret
  const headers = { 'Idempotency-Key': 'a-key-that-the-caller-chose' }
  const clients = `/api/${service.serviceId}/client`
  const { body: once } = await service.call('POST', `${clients}/create`, {}, { headers })
  keep('the client that is created once', once, 'clientSecret')
  const revised = { clientName: 'Revised', clientSecret: revisedSecret }
  await service.api(`/client/update/${once.clientId}`, revised)
  secrets['secret of a revision'] = revisedSecret
  const hashing = [{ key: 'ext.client_secret.storage', value: 'hashed' }]
  const hashed = await createService({ attributes: hashing }, service)
  const kept = await hashed.client()
  keep('a client with a hash', kept, 'clientSecret')
  const rotated = `/api/${hashed.serviceId}/client/secret/refresh/${kept.clientId}?graceSeconds=60`
  keep('a client with two hashes', await hashed.get(rotated), 'newClientSecret')
  const registered = await service.api('/client/registration', {
    json: JSON.stringify({ redirect_uris: ['https://app.example.com/callback'] }),
  })
  const { client_secret, registration_access_token } = JSON.parse(registered.responseContent)
  secrets['registered secret'] = client_secret
  secrets['registration token'] = registration_access_token
  const batched = `batched-${'x'.repeat(40)}`
  const token = { grantType: 'CLIENT_CREDENTIALS', clientId: other.clientId, accessToken: batched }
  await service.api('/auth/token/create/batch', [token])
  secrets['token of a batch'] = batched
}

/** A session that ends, with a client that cannot be notified: its delivery waits. */
/** A stream whose receiver fails, so that its event is kept. */
async function streams(): Promise<void> {
  const receiver = await service.client({ grantTypes: ['CLIENT_CREDENTIALS'] })
  const request = { grant_type: 'client_credentials', scope: 'ssf.manage' }
  const { accessToken } = await requestToken(service, receiver, request)
  const url = 'https://receiver.example.com/secret-in-the-path-of-the-receiver-01'
  const authorization = 'Bearer secret-that-the-receiver-is-sent-01'
  const role = 'role-that-an-event-tells-of-0123456789'
  const type = 'token-claims-change'
  const content = {
    events_requested: [`https://schemas.openid.net/secevent/caep/event-type/${type}`],
    delivery: {
      method: 'urn:ietf:rfc:8935',
      ...{ endpoint_url: url, authorization_header: authorization },
    },
  }
  const call = (path: string, body: Json) =>
    service.api(`/ssf${path}`, { accessToken, requestContent: JSON.stringify(body) })
  const requestContent = JSON.stringify(content)
  const created = await service.api('/ssf/stream', { method: 'POST', accessToken, requestContent })
  const { stream_id } = JSON.parse(created.responseContent)
  const subject = { format: 'email', email: 'subject-of-a-stream@example.com' }
  await call('/subjects/remove', { stream_id, subject })
  await service.api('/ssf/event', { type, subject: 'alice', event: { claims: { role } } })
  service.system.fetch.answer(url, { status: 500, body: 'secret-in-the-answer-of-the-receiver' })
  const { store, system } = service
  await pushSecurityEvents({ store, documents: openDocuments(store, system.clock), system })
  Object.assign(secrets, {
    'access token of a receiver': accessToken,
    'endpoint of a receiver': url,
    'authorization for a receiver': authorization,
    'claims of an event': role,
    'subject of a stream': subject.email,
    'answer of a receiver': 'secret-in-the-answer-of-the-receiver',
  })
}

async function logouts(): Promise<void> {
  const kept = await createService(
    {
      issuer: `${issuer}/kept`,
      backchannelLogoutSupported: true,
      attributes: [{ key: 'ext.session.registry', value: 'on' }],
    },
    service,
  )
  const uri = 'https://app.example.com/logout?key=secret-in-the-query-of-the-uri-01'
  const notified = await kept.client({ backchannelLogoutUri: uri })
  service.system.fetch.answer(uri, { status: 500, body: 'secret-in-the-answer-of-the-client' })
  const created = await kept.api('/session/create', { subject: 'alice' })
  const { sessionId } = created.session
  keep('the session', created, 'browserState')
  await obtainTokens(kept, notified, {}, { sessionId })
  const ended = await kept.api('/session/delete', { sessionId, waitMs: 5_000 })
  expect(ended.deliveries).toMatchObject([{ status: 'PENDING' }])
  const asked = service.system.fetch.asked.find(({ url }) => url === uri)
  secrets['Logout Token'] = new URLSearchParams(asked?.options.body).get('logout_token') ?? ''
  secrets['answer of the client'] = 'secret-in-the-answer-of-the-client'
  await kept.api('/session/create', { subject: 'alice' })
  await kept.configure({ hsmEnabled: true })
  const { hsk } = await kept.api('/hsk/create', {
    kty: 'EC',
    use: 'sig',
    alg: 'ES256',
    hsmName: 'box',
  })
  expect(hsk.hsmName).toBe('box')
}

/** An offer that waits, and one that was redeemed after a wrong transaction code. */
async function offers(): Promise<void> {
  const settings = { preAuthorizedGrantAnonymousAccessSupported: true }
  const of = await createIssuer({ ...settings, issuer: `${issuer}/offers` }, {}, service)
  const txCode = 'transaction-code-of-alice'
  const asked = { authorizationCodeGrantIncluded: true, issuerStateIncluded: true }
  const more = { ...asked, txCode, txCodeInputMode: 'text' }
  const waiting = await createOffer(of, { ...more, context: 'context-of-the-offer-01' })
  keep('the offer', waiting, 'identifier', 'preAuthorizedCode', 'issuerState', 'txCode', 'context')
  const info = await createOffer(of, more)
  keep('the redeemed offer', info, 'identifier', 'preAuthorizedCode', 'issuerState')
  const wrong = { tx_code: 'wrong-transaction-code' }
  secrets['wrong transaction code'] = wrong.tx_code
  expect(await redeemOffer(of, info, wrong)).toMatchObject({ action: 'BAD_REQUEST' })
  const tokens = await redeemOffer(of, info, { tx_code: txCode })
  expect(tokens).toMatchObject({ action: 'OK' })
  keep('the redeemed offer', tokens, 'accessToken')
}

/** An encrypted request that is issued, and one that is deferred, and then issued. */
async function credentials(): Promise<void> {
  const of = await createIssuer(
    { issuer: `${issuer}/credentials`, ...withStatusLists() },
    {
      notificationEndpoint: `${issuer}/notification`,
      credentialRequestEncryptionJwks: jwksOf(requestKey),
      credentialRequestEncryptionEncValuesSupported: ['A128GCM'],
    },
    service,
  )
  const holder = await of.client()
  const accessToken = await obtainCredentialToken(of, holder)
  secrets['access token for credentials'] = accessToken
  const key = await walletKey()
  const credentialPayload = JSON.stringify({ degree })
  secrets['claim of a credential'] = degree
  const request = async (name: string) => {
    const nonce = await fetchNonce(of)
    const now = service.system.clock()
    const proof = await makeProof(key, holder.clientId, { now, nonce })
    const requestContent = await new CompactEncrypt(Buffer.from(credentialRequest([proof])))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: requestKey.kid ?? '' })
      .encrypt(await importJWK(publicKey(requestKey), 'ECDH-ES'))
    const { info } = await of.api('/vci/single/parse', { accessToken, requestContent })
    secrets[`nonce of ${name}`] = nonce
    secrets[`proof of ${name}`] = proof
    keep(name, info, 'identifier')
    return info.identifier
  }
  const order = { requestIdentifier: await request('the credential'), credentialPayload }
  const issued = await of.api('/vci/single/issue', { accessToken, order })
  const [credential = ''] = credentialsOf(issued)
  const [, disclosure = ''] = credential.split('~')
  expect(Buffer.from(disclosure, 'base64url').toString()).toContain(degree)
  secrets['credential'] = credential
  secrets['disclosure of a credential'] = disclosure
  keep('the credential', JSON.parse(issued.responseContent), 'notification_id')
  const deferred = await of.api('/vci/single/issue', {
    accessToken,
    order: { requestIdentifier: await request('the deferred one'), issuanceDeferred: true },
  })
  keep('the deferred one', deferred, 'transactionId')
  const requestContent = JSON.stringify({ transaction_id: deferred.transactionId })
  const { info } = await of.api('/vci/deferred/parse', { accessToken, requestContent })
  const late = { requestIdentifier: info.identifier, credentialPayload }
  expect(await of.api('/vci/deferred/issue', { order: late })).toMatchObject({ action: 'OK' })
}

const rowsByTable = async (): Promise<Record<string, object[]>> => {
  const { engine, store } = opened
  await store.usage.flush()
  const tables = Object.entries(engine.tables)
  return Object.fromEntries(
    await Promise.all(
      tables.map(async ([name, table]) => [name, await engine.read.select().from(table)] as const),
    ),
  )
}

/** The secret as it is, and in the encodings in which it would be overlooked. */
const formsOf = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
]

/** The names of the secrets that a text contains. */
const told = (text: string): string[] =>
  Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((each) => text.includes(each)))
    .map(([name]) => name)

describe('secrets after flows of every kind', () => {
  it('cover every kind of secret, and rows in every table', async () => {
    expect(Object.keys(secrets).length).toBeGreaterThan(60)
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, String(secret ?? '').length >= 8]).toEqual([name, true])
    }
    const empty = Object.entries(await rowsByTable()).filter(([, rows]) => rows.length === 0)
    expect(empty.map(([name]) => name)).toEqual([])
  })

  it('are in clear in no table', async () => {
    for (const [name, rows] of Object.entries(await rowsByTable())) {
      expect([name, told(JSON.stringify(rows))]).toEqual([name, []])
    }
  })

  it('are in clear in no database file, including the write-ahead log', () => {
    const files = readdirSync(folder)
    if (inject('dialect') === 'sqlite') expect(files).toContain('postern.db-wal')
    for (const file of files) {
      expect([file, told(readFileSync(join(folder, file), 'latin1'))]).toEqual([file, []])
    }
  })

  it('are in no log entry at the most verbose level', () => {
    const { entries } = service.system.log
    expect(entries.length).toBeGreaterThan(20)
    expect(told(JSON.stringify(entries))).toEqual([])
  })

  it('are not repeated in the response to a refused request', async () => {
    const before = service.system.log.entries.length
    const { clientId, clientSecret } = client
    for (const [name, secret] of Object.entries(secrets)) {
      const path = `/api/${service.serviceId}`
      const wrong = form({ grant_type: secret, scope: secret, refresh_token: secret, code: secret })
      const replies = await Promise.all([
        service.call('POST', `${path}/auth/token`, {
          ...{ parameters: wrong, clientId, clientSecret: secret },
        }),
        service.call('POST', `${path}/auth/token`, { parameters: wrong, clientId, clientSecret }),
        service.call('POST', `${path}/auth/authorization/issue`, { ticket: secret, subject: 'a' }),
        service.call('POST', `${path}/auth/introspection`, { token: `${secret}x` }),
        service.call('POST', `${path}/client/create`, { clientType: secret, jwks: secret }),
        service.call('POST', `${path}/client/create`, `{"clientSecret": "${secret}" ${secret}`, {
          headers: { 'Content-Type': 'application/json' },
        }),
        service.call('POST', `${path}/device/complete`, { userCode: secret, result: secret }),
        service.call('GET', `${path}/client/get/${encodeURIComponent(secret)}`),
      ])
      const texts = replies.map(({ status, text, headers }) =>
        JSON.stringify([status, text, [...headers]]),
      )
      expect([name, told(texts.join('\n'))]).toEqual([name, []])
      for (const { status } of replies) expect(status).toBeLessThan(500)
    }
    expect(told(JSON.stringify(service.system.log.entries.slice(before)))).toEqual([])
  })

  it('are not stored in clear after a code was used', async () => {
    const code = await obtainCode(service, client, { scope: 'openid read' })
    await redeem(service, client, code)
    secrets['used code'] = code
    expect(told(JSON.stringify(await rowsByTable()))).toEqual([])
  })

  it('are searched for after every test of the suite, and would be found', () => {
    const watch = createSecretWatch()
    const secret = `made-up-token-${'x'.repeat(30)}`
    watch.note(200, '', { accessToken: secret })
    const log = testLog(testClock())
    watch.search(opened.engine, log)
    log.info({ detail: secret }, 'a line')
    expect(() => watch.search(opened.engine, log)).toThrow('in clear in the log')
    watch.note(400, secret, undefined)
    expect(() => watch.search(opened.engine, testLog(testClock()))).toThrow('in the errors')
  })
})
