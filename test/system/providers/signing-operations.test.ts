/**
 * Every operation that signs, with a key in SoftHSM whose process is killed while it signs: the
 * request fails and consumes nothing, so that the same request succeeds afterwards.
 */
import { createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { httpbis } from 'http-message-signatures'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redirectUri,
  refresh,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import {
  type Answer,
  answersTo,
  expectOneFailure,
  type KilledModule,
  killedModule,
} from '../../support/killed-module.ts'
import { caep, contentOf, base as ssfBase } from '../../support/security-events.ts'
import type { Json } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'
import { hasSoftHsm } from '../../support/softhsm.ts'
import { testSystem } from '../../support/system.ts'

let module: KilledModule
let service: TestService
let client: Json
let keys: Json[]

const resource = 'https://tools.example/mcp'
const describing = { key: 'ext.resources', value: JSON.stringify([{ resource }]) }
const manage = 'ssf.manage'
const signalling = { 'ext.ssf.base': ssfBase, 'ext.ssf.algorithm': 'ES256' }
const exchanging = { 'ext.id_jag.audiences': 'https://chat.example.com' }
const logoutUri = 'https://app.example.com/logout'
const post = async (operation: string, body: Json): Promise<Answer> =>
  service.call('POST', `/api/${service.serviceId}${operation}`, body)

/** What is signed, where in the source, and a request that can be repeated until it succeeds. */
interface Operation {
  name: string
  source: string
  prepare(): Promise<() => Promise<Answer>>
  /** The JWT in the answer; without it the answer is an HTTP message with a signature. */
  signed?(answer: Json): string
  /** The keys that verify it; without, those of the service. */
  keysFor?(jwt: string): Json[]
}

const secret = () => ({ clientId: String(client.clientId), clientSecret: client.clientSecret })
const responseIn = ({ responseContent }: Json): string =>
  /[?#]response=([^&]+)$/.exec(responseContent)?.[1] ?? ''

const redeeming = async () => {
  const code = await obtainCode(service, client)
  const parameters = form({
    ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
    code_verifier: verifier,
  })
  return () => post('/auth/token', { parameters, ...secret() })
}

const operations: Operation[] = [
  {
    name: 'authorization response (JARM)',
    source: 'src/requests/recipient.ts',
    async prepare() {
      const { ticket } = await authorize(service, client, { response_mode: 'query.jwt' })
      return () => post('/auth/authorization/issue', { ticket, subject: 'alice' })
    },
    signed: responseIn,
  },
  {
    name: 'authorization error (JARM)',
    source: 'src/requests/recipient.ts',
    async prepare() {
      const { ticket } = await authorize(service, client, { response_mode: 'query.jwt' })
      return () => post('/auth/authorization/fail', { ticket, reason: 'DENIED' })
    },
    signed: responseIn,
  },
  {
    name: 'ID Token of an authorization response',
    source: 'src/tokens/id-token.ts',
    async prepare() {
      const { ticket } = await authorize(service, client, { response_type: 'code id_token' })
      return () => post('/auth/authorization/issue', { ticket, subject: 'alice' })
    },
    signed: ({ idToken }) => idToken,
  },
  {
    name: 'ID Token of a code',
    source: 'src/tokens/id-token.ts',
    prepare: redeeming,
    signed: ({ idToken }) => idToken,
  },
  {
    name: 'access token of a code',
    source: 'src/tokens/access-token.ts',
    prepare: redeeming,
    signed: ({ jwtAccessToken }) => jwtAccessToken,
  },
  {
    name: 'access token of a refresh token',
    source: 'src/tokens/access-token.ts',
    async prepare() {
      const { refreshToken } = await obtainTokens(service, client)
      const parameters = form({ grant_type: 'refresh_token', refresh_token: refreshToken })
      return () => post('/auth/token', { parameters, ...secret() })
    },
    signed: ({ jwtAccessToken }) => jwtAccessToken,
  },
  {
    name: 'access token that the caller creates',
    source: 'src/tokens/access-token.ts',
    async prepare() {
      const { clientId } = client
      const wanted = { grantType: 'AUTHORIZATION_CODE', clientId, subject: 'alice', scopes: [] }
      return () => post('/auth/token/create', wanted)
    },
    signed: ({ jwtAccessToken }) => jwtAccessToken,
  },
  {
    name: 'identity assertion of a token exchange (ID-JAG)',
    source: 'src/tokens/exchange/signed.ts',
    async prepare() {
      const { refreshToken } = await obtainTokens(service, client)
      const parameters = form({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
        ...{ audience: 'https://chat.example.com', subject_token: refreshToken },
        subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token',
      })
      return () => post('/auth/token', { parameters, ...secret() })
    },
    signed: ({ responseContent }) => JSON.parse(responseContent).access_token,
  },
  {
    name: 'ID Token that is issued again',
    source: 'src/tokens/id-token.ts',
    async prepare() {
      const { refreshToken: former } = await obtainTokens(service, client)
      const { accessToken, refreshToken } = await refresh(service, client, former)
      return () => post('/idtoken/reissue', { accessToken, refreshToken })
    },
    signed: ({ idToken }) => idToken,
  },
  {
    name: 'introspection response',
    source: 'src/api/auth/introspection/standard.ts',
    async prepare() {
      const { accessToken: token } = await obtainTokens(service, client)
      return () =>
        post('/auth/introspection/standard', {
          ...{ parameters: form({ token }), rsUri: issuer, introspectionSignAlg: 'ES256' },
          httpAcceptHeader: 'application/token-introspection+jwt',
        })
    },
    signed: ({ responseContent }) => responseContent,
  },
  {
    name: 'UserInfo response as a JWT',
    source: 'src/api/auth/userinfo/issue.ts',
    async prepare() {
      const other = await service.client({ idTokenSignAlg: 'ES256', userInfoSignAlg: 'ES256' })
      const { accessToken: token } = await obtainTokens(service, other)
      return () => post('/auth/userinfo/issue', { token })
    },
    signed: ({ responseContent }) => responseContent,
  },
  {
    name: 'HTTP message with the UserInfo response (RFC 9421)',
    source: 'src/tokens/message-signature.ts',
    async prepare() {
      const { accessToken: token } = await obtainTokens(service, client)
      return () => post('/auth/userinfo/issue', { token })
    },
  },
  {
    name: 'Logout Token',
    source: 'src/tokens/logout-token.ts',
    async prepare() {
      const session = await openSession(service)
      const { sessionId } = session
      const { fetch } = service.system
      await obtainTokens(service, client, {}, session)
      fetch.answer(logoutUri, { status: 200 })
      fetch.asked.length = 0
      let isEnded = false
      return async () => {
        if (!isEnded) await post('/session/delete', { sessionId })
        isEnded = true
        await service.outbox.begin()
        await service.outbox.idle()
        service.system.clock.advance(30_000)
        const [sent] = fetch.asked.filter(({ url }) => url === logoutUri)
        const told = new URLSearchParams(sent?.options.body).get('logout_token') ?? undefined
        const failed = { resultCode: 'P110001', action: 'INTERNAL_SERVER_ERROR' }
        return { status: 200, body: told ? { action: 'OK', told } : failed }
      }
    },
    signed: ({ told }) => told,
  },
  {
    name: 'metadata of a protected resource (RFC 9728)',
    source: 'src/services/signed-resource.ts',
    prepare: async () => () => post('/resource/metadata', { resource, signed: true }),
    signed: ({ responseContent }) => JSON.parse(responseContent).signed_metadata,
  },
  {
    name: 'security event token (RFC 8417)',
    source: 'src/streams/signed-set.ts',
    async prepare() {
      const request = { grantType: 'CLIENT_CREDENTIALS', clientId: client.clientId }
      const created = await service.api('/auth/token/create', { ...request, scopes: [manage] })
      const { accessToken } = created
      const requested = { events_requested: [caep('session-revoked')] }
      await service.api('/ssf/stream', { method: 'POST', accessToken, ...contentOf(requested) })
      await service.api('/ssf/event', { type: 'session-revoked', subject: 'alice' })
      return () => post('/ssf/poll', { accessToken, ...contentOf({}) })
    },
    signed: ({ responseContent }) => String(Object.values(JSON.parse(responseContent).sets)[0]),
  },
  {
    name: 'entity configuration (OpenID Federation)',
    source: 'src/services/federation-signature.ts',
    async prepare() {
      const wanted = { alg: 'ES256', set: 'federation', hsmName: 'soft', activate: 'current' }
      expect((await service.api('/service/keys/generate', wanted)).action).toBe('CREATED')
      return () => post('/federation/configuration', {})
    },
    signed: ({ responseContent }) => responseContent,
    keysFor: (jwt) => (decodeJwt(jwt) as Json).jwks.keys,
  },
]

describe.skipIf(!hasSoftHsm)('operation that signs with a key in a module', () => {
  beforeAll(async () => {
    module = killedModule()
    service = await createService(
      {
        ...{ hsmEnabled: true, jwks: undefined, accessTokenSignAlg: 'ES256' },
        ...{ idTokenReissuable: true, rsResponseSigned: true, ...withSessions() },
        attributes: [...withSessions({ ...exchanging, ...signalling }).attributes, describing],
        supportedScopes: ['openid', 'offline_access', 'read', manage].map((name) => ({ name })),
        ...{ federationEnabled: true, authorityHints: ['https://anchor.example'] },
      },
      { system: testSystem({ keyProviders: module.keyProviders }) },
    )
    const wanted = { kty: 'EC', use: 'sig', alg: 'ES256', hsmName: 'soft' }
    expect((await service.api('/hsk/create', wanted)).action).toBe('SUCCESS')
    client = await service.client({
      ...{ idTokenSignAlg: 'ES256', authorizationSignAlg: 'ES256' },
      ...{ responseTypes: ['CODE', 'CODE_ID_TOKEN'], backchannelLogoutUri: logoutUri },
    })
    keys = (await service.call('GET', `/api/${service.serviceId}/service/jwks/get`)).body.keys
  })
  afterAll(async () => {
    await service.close()
    await module.close()
  })

  it.each(operations)(
    '$name: fails once, and then succeeds with the same request',
    async (each) => {
      const call = await each.prepare()
      module.killNext()
      const answer = expectOneFailure(await answersTo(call))
      const jwt = each.signed?.(answer)
      if (jwt === undefined) return expect(await isSignedMessage(answer)).toBe(true)
      const verifying = each.keysFor?.(jwt) ?? keys
      expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: 'ES256', kid: verifying[0]?.kid })
      const currentDate = new Date(service.system.clock() - 30_000)
      await jwtVerify(jwt, createLocalJWKSet({ keys: verifying }), {
        currentDate,
        clockTolerance: 60,
      })
    },
  )

  /** RFC 9421: the response, as the client receives it. */
  function isSignedMessage({ signature, signatureInput, contentDigest }: Json) {
    const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' })
    const options = { key, dsaEncoding: 'ieee-p1363' as const }
    const headers = {
      ...{ Signature: signature, 'Signature-Input': signatureInput },
      'Content-Digest': contentDigest,
    }
    return httpbis.verifyMessage(
      {
        tolerance: Number.POSITIVE_INFINITY,
        keyLookup: async () => ({
          verify: async (data, value) => verify('sha256', data, options, value),
        }),
      },
      { status: 200, headers },
    )
  }

  it('is every one of OAuth and OpenID Connect: no other source signs', () => {
    // Those of credentials are in signing-credentials.test.ts.
    const ofOthers = /^src\/(jose|credentials|api\/userinfovc)\//
    const signing = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .map((file) => join('src', file))
      .filter((file) => file.endsWith('.ts') && !ofOthers.test(file))
      .filter((file) => /(?<!function )\b(signJwt|signResponse)\(/.test(readFileSync(file, 'utf8')))
    expect(signing.sort()).toEqual([...new Set(operations.map(({ source }) => source))].sort())
  })
})
