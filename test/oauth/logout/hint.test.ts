/** ID Tokens as hints of logout requests, OIDC RP-Initiated Logout §2. */
import {
  CompactEncrypt,
  type CryptoKey,
  decodeJwt,
  importJWK,
  type JWK,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceContext } from '../../../src/context.ts'
import { createRefusals } from '../../../src/http/refusals/ring.ts'
import { secretKey } from '../../../src/jose/encrypt.ts'
import { createRemoteKeySets } from '../../../src/jose/remote-key-set.ts'
import { createKeys } from '../../../src/jose/service-keys.ts'
import { explain } from '../../../src/refusal.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { verifyLogoutHint } from '../../../src/tokens/id-token-hint.ts'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sealer } from '../../support/stores.ts'

let service: TestService
let encryption: JWK
beforeAll(async () => {
  encryption = await encryptionPair('RSA-OAEP-256', 'enc')
  service = await createService({ jwks: jwksOf(...serviceKeys, encryption) })
})
afterAll(() => service.close())

/** The hint as the step sees it now: a valid one by what it says, another by its result code. */
async function verify(hint: string, clientId?: number): Promise<unknown> {
  const { store, system, serviceId } = service
  const documents = openDocuments(store)
  const found = await documents.service(serviceId)
  if (!found) throw new Error('The service is gone.')
  const keySets = createRemoteKeySets(system.fetch, system.clock)
  const context: ServiceContext = {
    ...{ store, documents, keySets, keys: createKeys(new Map()), system, sealer, service: found },
    examine: async () => ({ findings: [], sweepLagMilliseconds: 0, sweepDue: [] }),
    caller: {
      ...{ serviceId, clientId: undefined, tokenId: undefined, label: '', expiresAt: undefined },
      may: () => true,
    },
    call: {
      ...{
        requestId: '',
        operation: { operationId: 'test' },
        client: undefined,
        refused: undefined,
      },
      ...{
        actingFor: () => undefined,
        reason: () => undefined,
        idempotencyKey: () => undefined,
        accepts: () => false,
        expectedVersions: () => undefined,
        knownTags: () => [],
        knows: () => false,
      },
    },
    preferences: { relay: false, strict: false, changes: false },
    outbox: { send: async () => {} },
    testServices: false,
    refusals: createRefusals(system.clock),
    now: system.clock(),
  }
  const requested = clientId ? await documents.client(serviceId, clientId) : undefined
  const verified = await verifyLogoutHint(context, hint, requested)
  if (!verified.valid) return explain(verified.reason).resultCode
  const { client, sub, subject, sid, aud } = verified
  return { clientId: client.clientId, sub, subject, sid, aud }
}

const logoutUri = { backchannelLogoutUri: 'https://rp.example/logout' }
const login = { sessionId: 'session-1' }
const idTokenOf = async (client: Json, issue: object = login): Promise<string> =>
  (await obtainTokens(service, client, {}, { ...issue })).idToken

const says = (client: Json, more: object = {}) => ({
  ...{ clientId: client.clientId, sub: 'alice', subject: 'alice', sid: 'session-1' },
  aud: [String(client.clientId)],
  ...more,
})

async function sign(claims: object, header: object = {}, key = serviceKeys[1] as JWK) {
  const signing = (await importJWK(key, key.alg)) as CryptoKey
  const protectedHeader = { alg: key.alg ?? 'ES256', kid: key.kid ?? '', ...header }
  return new SignJWT({ ...claims }).setProtectedHeader(protectedHeader).sign(signing)
}

const seconds = 1_700_000_000
const claimsFor = (client: Json, more: object = {}) => ({
  ...{ iss: issuer, sub: 'alice', aud: String(client.clientId), sid: 'session-1' },
  ...{ iat: seconds, exp: seconds + 60 },
  ...more,
})

describe('logout hint', () => {
  it.each(['RS256', 'PS256', 'ES256', 'HS256', 'HS384', 'HS512'])(
    'logout hint: an ID Token signed by %s is valid',
    async (alg) => {
      const client = await service.client({ ...logoutUri, idTokenSignAlg: alg })
      expect(await verify(await idTokenOf(client))).toEqual(says(client))
    },
  )

  it('logout hint: an expired ID Token is valid (OIDC RP-Initiated Logout §2)', async () => {
    const client = await service.client()
    expect(await verify(await sign(claimsFor(client)))).toEqual(says(client))
    const future = claimsFor(client, { iat: 1e11, exp: 2e11 })
    expect(await verify(await sign(future))).toEqual(says(client))
  })

  it('logout hint: the algorithm need not be the one that the client registered', async () => {
    const client = await service.client({ ...logoutUri, idTokenSignAlg: 'RS256' })
    const idToken = await idTokenOf(client)
    const changed = { ...client, idTokenSignAlg: 'PS256' }
    await service.api(`/client/update/${client.clientId}`, changed)
    expect(await verify(idToken)).toEqual(says(client))
  })

  it('logout hint: a retired key verifies while the key set has it', async () => {
    const client = await service.client(logoutUri)
    const idToken = await idTokenOf(client)
    const [rs256, ...others] = serviceKeys
    await service.configure({ jwks: jwksOf(...others, publicKey(rs256 as JWK)) })
    expect(await verify(idToken)).toEqual(says(client))
    await service.configure({ jwks: jwksOf(...others) })
    expect(await verify(idToken)).toBe('P094009')
    await service.configure({})
  })

  it('logout hint: a client secret that was replaced verifies no more', async () => {
    const client = await service.client({ ...logoutUri, idTokenSignAlg: 'HS256' })
    const idToken = await idTokenOf(client)
    await service.call('GET', `/api/${service.serviceId}/client/secret/refresh/${client.clientId}`)
    expect(await verify(idToken)).toBe('P094009')
  })

  it('logout hint: a pairwise subject and its account (OIDC Core §8.1)', async () => {
    await service.configure({ pairwiseSubjectSalt: 'a salt of the test' })
    const client = await service.client({ ...logoutUri, subjectType: 'PAIRWISE' })
    const idToken = await idTokenOf(client)
    const { sub, sid } = decodeJwt(idToken)
    expect([sub, sid]).not.toContain('alice')
    expect([sub, sid]).not.toContain('session-1')
    expect(await verify(idToken)).toEqual(says(client, { sub, sid }))
    await service.configure({})
  })

  it('logout hint: an ID Token without a sid', async () => {
    const client = await service.client()
    const idToken = await idTokenOf(client)
    expect(await verify(idToken)).toEqual(says(client, { sid: undefined }))
  })
})

describe('logout hint of another kind', () => {
  it.each<[string, object, object, string]>([
    ['a Logout Token', {}, { typ: 'logout+jwt' }, 'P094007'],
    ['an access token', {}, { typ: 'at+jwt' }, 'P094007'],
    ['an access token by its media type', {}, { typ: 'application/at+jwt' }, 'P094007'],
    ['an introspection response', {}, { typ: 'token-introspection+jwt' }, 'P094007'],
    ['a JWT with events', { events: {} }, {}, 'P094007'],
    ['a JWT without sub', { sub: undefined }, {}, 'P094007'],
    ['a JWT with an empty sub', { sub: '' }, {}, 'P094007'],
    ['a JWT with a number as sub', { sub: 1 }, {}, 'P094007'],
    ['a UserInfo response, which has no exp', { exp: undefined }, {}, 'P094007'],
    ['a JWT of another issuer', { iss: 'https://other.example' }, {}, 'P094010'],
    ['a JWT of the issuer with a slash', { iss: `${issuer}/` }, {}, 'P094010'],
    ['a JWT for an unknown client', { aud: '404' }, {}, 'P094011'],
    ['a JWT for the service', { aud: issuer }, {}, 'P094011'],
    ['a JWT with an unknown key', {}, { kid: 'unknown' }, 'P094009'],
    ['a JWT with six audiences', { aud: ['a', 'b', 'c', 'd', 'e', 'f'] }, {}, 'P094011'],
    ['a JWT with an audience that is no text', { aud: [1] }, {}, 'P094011'],
  ])(
    'logout hint: %s is invalid (OIDC Back-Channel Logout §4.1)',
    async (_case, more, header, code) => {
      const client = await service.client()
      expect(await verify(await sign(claimsFor(client, more), header))).toBe(code)
    },
  )

  it('logout hint: an unsigned ID Token is invalid, also for a client that gets such', async () => {
    const client = await service.client({ ...logoutUri, idTokenSignAlg: 'NONE' })
    expect(await verify(await idTokenOf(client))).toBe('P094008')
    expect(await verify(new UnsecuredJWT(claimsFor(client)).encode())).toBe('P094008')
  })

  it.each<[string, string, string]>([
    ['empty parts', '..', 'P094006'],
    ['text', 'hello', 'P094006'],
    ['a header that is no JSON', 'aGVsbG8.aGVsbG8.aGVsbG8', 'P094006'],
    [
      'claims that are a list',
      `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.W10.AA`,
      'P094006',
    ],
    ['more than 32 KB', `${'a'.repeat(33_000)}.b.c`, 'P094006'],
    ['a JWE of nothing', '....', 'P094006'],
    ['many dots', '.'.repeat(60_000), 'P094006'],
  ])('logout hint: %s is malformed', async (_case, hint, code) => {
    expect(await verify(hint)).toBe(code)
  })

  it('logout hint: a changed claim or signature is invalid', async () => {
    const client = await service.client()
    const [header, , signature] = (await sign(claimsFor(client))).split('.')
    const other = Buffer.from(JSON.stringify(claimsFor(client, { sub: 'bob' })))
    expect(await verify(`${header}.${other.toString('base64url')}.${signature}`)).toBe('P094009')
  })

  it('logout hint: HS256 with the public key of the service is invalid (RFC 8725 §2.1)', async () => {
    const client = await service.publicClient()
    const secret = new TextEncoder().encode(JSON.stringify(publicKey(serviceKeys[0] as JWK)))
    const forged = new SignJWT(claimsFor(client)).setProtectedHeader({ alg: 'HS256' })
    expect(await verify(await forged.sign(secret))).toBe('P094009')
  })

  it('logout hint: HS256 with the secret of another client is invalid', async () => {
    const [one, other] = [await service.client(), await service.client()]
    const secret = new TextEncoder().encode(other.clientSecret)
    const forged = new SignJWT(claimsFor(one)).setProtectedHeader({ alg: 'HS256' })
    expect(await verify(await forged.sign(secret))).toBe('P094009')
  })
})

describe('client of a logout hint', () => {
  it('logout hint: the audience is an alias', async () => {
    const client = await service.client({ clientIdAlias: 'shop', clientIdAliasEnabled: true })
    const hint = await sign(claimsFor(client, { aud: ['shop'] }))
    expect(await verify(hint)).toEqual(says(client, { aud: ['shop'] }))
  })

  it('logout hint: of two audiences the client is the one that the request names', async () => {
    const [one, two] = [await service.client(), await service.client()]
    const aud = [String(one.clientId), String(two.clientId)]
    const hint = await sign(claimsFor(one, { aud }))
    expect(await verify(hint, two.clientId)).toEqual(says(two, { aud }))
    expect(await verify(hint)).toBe('P094011')
    const { clientId } = await service.client()
    expect(await verify(hint, clientId)).toBe('P094011')
  })

  it('logout hint: of two audiences the client is the authorized party (OIDC Core §2)', async () => {
    const [one, two] = [await service.client(), await service.client()]
    const aud = [String(one.clientId), String(two.clientId)]
    const hint = await sign(claimsFor(one, { aud, azp: aud[1] }))
    expect(await verify(hint)).toEqual(says(two, { aud }))
  })

  it('logout hint: audiences beside the only client are ignored', async () => {
    const client = await service.client({ clientIdAlias: 'cafe', clientIdAliasEnabled: true })
    const aud = ['https://api.example.com', String(client.clientId), 'cafe']
    expect(await verify(await sign(claimsFor(client, { aud })))).toEqual(says(client, { aud }))
  })

  it('logout hint: another client in the request does not change whose hint it is', async () => {
    const [client, other] = [await service.client(), await service.client()]
    const hint = await sign(claimsFor(client))
    expect(await verify(hint, other.clientId)).toMatchObject({ clientId: client.clientId })
  })

  it('logout hint: a locked client is found, a deleted one is not', async () => {
    const client = await service.client()
    const hint = await sign(claimsFor(client))
    const path = `/api/${service.serviceId}/client`
    await service.post(`${path}/lock_flag/update/${client.clientId}`, { clientLocked: true })
    expect(await verify(hint)).toEqual(says(client))
    await service.call('DELETE', `${path}/delete/${client.clientId}`)
    expect(await verify(hint)).toBe('P094011')
  })
})

describe('encrypted logout hint', () => {
  const encrypt = (
    text: string,
    header: { alg: string; enc: string },
    key: Uint8Array | CryptoKey,
  ) => new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(key)

  it('logout hint: encrypted with a key of the service', async () => {
    const client = await service.client(logoutUri)
    const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM' }
    const key = (await importJWK(publicKey(encryption), header.alg)) as CryptoKey
    const idToken = await idTokenOf(client)
    expect(await verify(await encrypt(idToken, header, key))).toEqual(says(client))
    expect(await verify(await encrypt('no JWT', header, key))).toBe('P094006')
    await service.configure({ jwks: jwksOf(...serviceKeys) })
    expect(await verify(await encrypt(idToken, header, key))).toBe('P094009')
    await service.configure({})
  })

  it('logout hint: encrypted with the secret of the client that the request names', async () => {
    const [client, other] = [await service.client(logoutUri), await service.client()]
    const header = { alg: 'A256KW', enc: 'A128GCM' }
    const key = secretKey(client.clientSecret, header)
    const hint = await encrypt(await idTokenOf(client), header, key)
    expect(await verify(hint, client.clientId)).toEqual(says(client))
    expect(await verify(hint)).toBe('P094009')
    expect(await verify(hint, other.clientId)).toBe('P094009')
  })
})
