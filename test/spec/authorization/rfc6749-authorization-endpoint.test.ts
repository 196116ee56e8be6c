/**
 * Each rule of the authorization request: a request that breaks it, and where the error is sent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

type Request = Record<string, string | undefined>

/** The error of an authorization response, from the query or the fragment. */
function errorOf(answer: Json): Record<string, string> {
  expect(answer.action).toBe('LOCATION')
  expect(answer.responseContent.startsWith(redirectUri)).toBe(true)
  const text = answer.responseContent.slice(redirectUri.length + 1)
  return Object.fromEntries(new URLSearchParams(text))
}

interface Case {
  code: string
  error: string
  request?: Request
  settings?: Record<string, unknown>
  client?: Record<string, unknown>
}

const rules: [string, Case][] = [
  ['more than 200 parameters', { code: 'P001002', error: 'invalid_request', request: many(201) }],
  [
    'a max_age that is no number',
    { code: 'P001003', error: 'invalid_request', request: { max_age: '-1' } },
  ],
  [
    'a scope with a quote (RFC 6749 §3.3)',
    { code: 'P002001', error: 'invalid_scope', request: { scope: 'openid a"b' } },
  ],
  [
    'more than 200 scopes',
    { code: 'P002002', error: 'invalid_scope', request: { scope: words(201) } },
  ],
  [
    'no scope where one is required',
    {
      code: 'P002003',
      error: 'invalid_scope',
      request: { scope: 'unknown' },
      settings: { scopeRequired: true },
    },
  ],
  [
    'an id_token_hint that is not ours (OIDC Core §3.1.2.1)',
    { code: 'P009001', error: 'invalid_request', request: { id_token_hint: 'a.b.c' } },
  ],
  [
    'claims that are no JSON (OIDC Core §5.5)',
    { code: 'P007001', error: 'invalid_request', request: { claims: '{' } },
  ],
  [
    'claims that are a list',
    { code: 'P007001', error: 'invalid_request', request: { claims: '[]' } },
  ],
  [
    'claims whose wish is text',
    { code: 'P007001', error: 'invalid_request', request: { claims: '{"id_token":{"name":"x"}}' } },
  ],
  [
    'claims that are too deep',
    { code: 'P007002', error: 'invalid_request', request: { claims: deep(20) } },
  ],
  [
    'an acr claim that is a number',
    {
      code: 'P007003',
      error: 'invalid_request',
      request: { claims: '{"id_token":{"acr":{"value":1}}}' },
    },
  ],
  [
    'prompt none with another (OIDC Core §3.1.2.1)',
    { code: 'P006002', error: 'invalid_request', request: { prompt: 'none login' } },
  ],
  [
    'a prompt that the service does not support',
    {
      code: 'P006003',
      error: 'invalid_request',
      request: { prompt: 'create' },
      settings: { supportedPromptValues: ['LOGIN'] },
    },
  ],
  [
    'no response_type (RFC 6749 §3.1.1)',
    { code: 'P005001', error: 'invalid_request', request: { response_type: undefined } },
  ],
  [
    'a response_type that is unknown',
    { code: 'P005002', error: 'unsupported_response_type', request: { response_type: 'code x' } },
  ],
  [
    'a response_type that the service does not support',
    {
      code: 'P005003',
      error: 'unsupported_response_type',
      request: { response_type: 'token' },
      settings: { supportedResponseTypes: ['CODE'] },
    },
  ],
  [
    'a response_type that the client may not use',
    {
      code: 'P005004',
      error: 'unauthorized_client',
      request: { response_type: 'token' },
      client: { responseTypes: ['CODE'] },
    },
  ],
  [
    'id_token without openid (OIDC Core §3.2.2.1)',
    {
      code: 'P005005',
      error: 'invalid_request',
      request: { response_type: 'id_token', scope: 'profile' },
    },
  ],
  [
    'id_token without nonce (OIDC Core §3.2.2.1)',
    {
      code: 'P005006',
      error: 'invalid_request',
      request: { response_type: 'id_token', nonce: undefined },
    },
  ],
  [
    'a response_mode that is unknown',
    { code: 'P005007', error: 'invalid_request', request: { response_mode: 'smoke' } },
  ],
  [
    'tokens in a query',
    {
      code: 'P005008',
      error: 'invalid_request',
      request: { response_type: 'token', response_mode: 'query' },
    },
  ],
  [
    'a response_mode that the client may not use',
    {
      code: 'P005009',
      error: 'invalid_request',
      request: { response_mode: 'fragment' },
      client: { responseModes: ['QUERY'] },
    },
  ],
  [
    'a code where the service does not redeem any',
    {
      code: 'P013005',
      error: 'unsupported_response_type',
      settings: { supportedGrantTypes: ['IMPLICIT'] },
    },
  ],
  [
    'a code of a client that may not redeem any',
    { code: 'P013006', error: 'unauthorized_client', client: { grantTypes: ['PASSWORD'] } },
  ],
  [
    'no code_challenge where one is required (RFC 7636 §4.4.1)',
    {
      code: 'P003001',
      error: 'invalid_request',
      request: noPkce(),
      settings: { pkceRequired: true },
    },
  ],
  [
    'a code_challenge that is no hash (RFC 7636 §4.2)',
    { code: 'P003002', error: 'invalid_request', request: { code_challenge: 'short' } },
  ],
  [
    'an unknown code_challenge_method',
    { code: 'P003003', error: 'invalid_request', request: { code_challenge_method: 'S512' } },
  ],
  [
    'a code_challenge_method alone',
    { code: 'P003004', error: 'invalid_request', request: { code_challenge: undefined } },
  ],
  [
    'plain where S256 is required',
    {
      code: 'P003005',
      error: 'invalid_request',
      request: { code_challenge_method: 'plain' },
      settings: { pkceS256Required: true },
    },
  ],
  [
    'plain of a client that has to use S256',
    {
      code: 'P003005',
      error: 'invalid_request',
      request: { code_challenge_method: undefined },
      client: { pkceS256Required: true },
    },
  ],
  [
    'a resource with a fragment (RFC 8707 §2)',
    {
      code: 'P012001',
      error: 'invalid_target',
      request: { resource: 'https://rs.example.com/#x' },
    },
  ],
  ...['https://rs.example.com/a\nb', 'https:\\\\rs.example.com', ' https://rs.example.com/'].map(
    (resource): [string, Case] => [
      `a resource that only a browser repairs: ${JSON.stringify(resource)} (RFC 3986 §4.3)`,
      { code: 'P012001', error: 'invalid_target', request: { resource } },
    ],
  ),
]

function many(count: number): Request {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, 'y']))
}
function words(count: number): string {
  return Array.from({ length: count }, (_, index) => `s${index}`).join(' ')
}
function deep(levels: number): string {
  return `{"id_token":{"x":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}}`
}
function noPkce(): Request {
  return { code_challenge: undefined, code_challenge_method: undefined }
}

describe('authorization error with a valid redirect URI', () => {
  it.each(rules)(
    'redirects the error to the client: %s',
    async (_what, { code, error, request, settings, client: document }) => {
      await service.configure(settings ?? {})
      const client = await service.client(document)
      const answer = await authorize(service, client, request)
      expect(answer.resultCode).toBe(code)
      const response = errorOf(answer)
      expect(response).toMatchObject({ error, state: 'some-state', iss: issuer })
      expect(response['error_description']).toMatch(new RegExp(`^\\[${code}\\] [\\x20-\\x7e]+$`))
      await service.configure({})
    },
  )

  it('redirects a repeated parameter and a locked client as errors (RFC 6749 §3.1)', async () => {
    const client = await service.client()
    const parameters = `response_type=code&client_id=${client.clientId}&redirect_uri=${redirectUri}`
    const repeated = await service.api('/auth/authorization', {
      parameters: `${parameters}&scope=read&scope=write`,
    })
    expect(repeated).toMatchObject({ action: 'LOCATION', resultCode: 'P001001' })
    const path = `/client/lock_flag/update/${client.clientId}`
    await service.api(path, { clientLocked: true })
    expect(await authorize(service, client)).toMatchObject({
      action: 'LOCATION',
      resultCode: 'P030003',
    })
  })

  it('omits the description and iss if the service is configured so (RFC 9207 §2)', async () => {
    await service.configure({ errorDescriptionOmitted: true, issSuppressed: true })
    const answer = await authorize(service, await service.client(), { prompt: 'x' })
    expect(errorOf(answer)).toEqual({ error: 'invalid_request', state: 'some-state' })
    await service.configure({})
  })
})

describe('authorization error without a valid redirect URI', () => {
  it.each<[string, string, Request]>([
    ['no client_id', 'P030001', { client_id: undefined }],
    ['an unknown client', 'P030002', { client_id: '123' }],
    ['no redirect_uri', 'P004002', { redirect_uri: undefined }],
    ['another host', 'P004003', { redirect_uri: 'https://evil.example.com/callback' }],
    ['an added query', 'P004003', { redirect_uri: `${redirectUri}?x=1` }],
    ['an added slash', 'P004003', { redirect_uri: `${redirectUri}/` }],
    ['another case', 'P004003', { redirect_uri: redirectUri.toUpperCase() }],
    ['a user', 'P004003', { redirect_uri: redirectUri.replace('//', '//app.example.com@evil/') }],
    ['a fragment', 'P004003', { redirect_uri: `${redirectUri}#x` }],
    ['another port', 'P004003', { redirect_uri: redirectUri.replace('.com/', '.com:8443/') }],
  ])('does not redirect: %s', async (_what, resultCode, request) => {
    const answer = await authorize(service, await service.client(), request)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode })
    expect(JSON.parse(answer.responseContent)).not.toHaveProperty('state')
  })

  it('does not redirect if the client has no redirect URI', async () => {
    const client = await service.client({ redirectUris: undefined })
    expect(await authorize(service, client)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P004001',
    })
  })

  it('accepts any loopback port if the service allows it (RFC 8252 §7.3)', async () => {
    const registered = 'http://127.0.0.1/callback'
    const client = await service.publicClient({ redirectUris: [registered] })
    const other = { redirect_uri: 'http://127.0.0.1:49152/callback' }
    expect(await authorize(service, client, other)).toMatchObject({ action: 'BAD_REQUEST' })
    await service.configure({ loopbackRedirectionUriVariable: true })
    expect(await authorize(service, client, other)).toMatchObject({ action: 'INTERACTION' })
    for (const uri of ['http://127.0.0.1:1/other', 'http://localhost:1/callback']) {
      const answer = await authorize(service, client, { redirect_uri: uri })
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P004003' })
    }
    await service.configure({})
  })

  it('accepts any port of localhost, 127.0.0.1 and [::1] (RFC 8252 §7.3)', async () => {
    await service.configure({ loopbackRedirectionUriVariable: true })
    const redirectUris = ['http://localhost/cb', 'http://127.0.0.1:33418/', 'http://[::1]/cb?x=1']
    const client = await service.publicClient({ redirectUris })
    const others = ['http://localhost:58135/cb', 'http://127.0.0.1:60005/', 'http://[::1]:9/cb?x=1']
    for (const uri of [...others, 'http://127.0.0.1/']) {
      const answer = await authorize(service, client, { redirect_uri: uri })
      expect(answer, uri).toMatchObject({ action: 'INTERACTION' })
      const failed = await service.api('/auth/authorization/fail', {
        ...{ ticket: answer.ticket, reason: 'DENIED' },
      })
      expect(
        failed.responseContent.startsWith(`${uri}${uri.includes('?') ? '&' : '?'}error=`),
      ).toBe(true)
    }
    await service.configure({})
  })

  it('compares loopback redirect URIs without normalization (RFC 6749 §3.1.2.3)', async () => {
    await service.configure({ loopbackRedirectionUriVariable: true })
    const redirectUris = ['http://127.0.0.1/cbSet-Cookie:sid=evil', 'http://127.0.0.1/cb']
    const client = await service.publicClient({ redirectUris })
    const hostile = [
      'http://127.0.0.1:80/cb\r\nSet-Cookie:sid=evil',
      ...['http://127.1:1/cb', 'http://0x7f000001:1/cb', 'http://2130706433:1/cb'],
      ...['http://127.0.0.1:1/x/../cb', 'http://127.0.0.1:1/./cb', 'http://127.0.0.1:1/%63b'],
      ...['http:\\\\127.0.0.1:1\\cb', 'http://127.0.0.1:1\\cb', 'http:/127.0.0.1:1/cb'],
      ...[' http://127.0.0.1:1/cb', 'http://127.0.0.1:1/cb ', 'http://127.0.0.1:1/c\tb'],
      ...['http://１２７.0.0.1:1/cb', 'HTTP://127.0.0.1:1/cb', 'http://127.0.0.1:1/cb#'],
      ...[
        'http://u@127.0.0.1:1/cb',
        'http://@127.0.0.1:1/cb',
        'http://127.0.0.1:1@evil.example/cb',
      ],
      ...['http://127.0.0.1:/cb', 'http://127.0.0.1:0/cb', 'http://127.0.0.1:080/cb'],
      ...['http://127.0.0.1:65536/cb', 'http://127.0.0.1.:1/cb', 'http://[::ffff:127.0.0.1]:1/cb'],
    ]
    for (const uri of hostile) {
      const answer = await authorize(service, client, { redirect_uri: uri, scope: 'a"b' })
      expect(answer, JSON.stringify(uri)).toMatchObject({
        ...{ action: 'BAD_REQUEST', resultCode: 'P004003' },
      })
    }
    await service.configure({})
  })
})

describe('response of /auth/authorization to the caller', () => {
  it('contains everything that a login and consent page shows', async () => {
    const client = await service.client({ defaultMaxAge: 600, defaultAcrs: ['loa1'] })
    const asked = await authorize(service, client, {
      ...{ prompt: 'login consent', ui_locales: 'de en', claims_locales: 'fr', display: 'touch' },
      ...{ login_hint: 'alice', resource: 'https://rs.example.com', scope: 'openid email unknown' },
      claims: JSON.stringify({ userinfo: { name: null }, id_token: { 'x#de': null } }),
    })
    expect(asked).toMatchObject({
      ...{ action: 'INTERACTION', prompts: ['LOGIN', 'CONSENT'], lowestPrompt: 'LOGIN' },
      ...{ uiLocales: ['de', 'en'], claimsLocales: ['fr'], display: 'TOUCH', loginHint: 'alice' },
      ...{ maxAge: 600, acrs: ['loa1'], acrEssential: false, clientIdAliasUsed: false },
      ...{ resources: ['https://rs.example.com'], userInfoClaims: '{"name":null}' },
      claims: ['email', 'email_verified', 'x#de'],
      claimsAtUserInfo: ['email', 'email_verified', 'name'],
    })
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['openid', 'email'])
  })

  it('contains an essential acr and a requested sub (OIDC Core §5.5.1)', async () => {
    const claims = { acr: { essential: true, values: ['a', 'b'] }, sub: { value: 'alice' } }
    const asked = await authorize(service, await service.client(), {
      claims: JSON.stringify({ id_token: claims }),
    })
    expect(asked).toMatchObject({ acrs: ['a', 'b'], acrEssential: true, subject: 'alice' })
  })

  it('is NO_INTERACTION for prompt=none (OIDC Core §3.1.2.1)', async () => {
    const asked = await authorize(service, await service.client(), { prompt: 'none' })
    expect(asked).toMatchObject({ action: 'NO_INTERACTION', lowestPrompt: 'NONE' })
  })

  it('contains the default scopes if the request has no scope (RFC 6749 §3.3)', async () => {
    const supportedScopes = [{ name: 'read', defaultEntry: true }, { name: 'write' }]
    await service.configure({ supportedScopes })
    const asked = await authorize(service, await service.client(), { scope: undefined })
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['read'])
    await service.configure({})
  })

  it('contains the subject of an id_token_hint, the only user that can get tokens', async () => {
    const client = await service.client()
    const { idToken } = await obtainTokens(service, client)
    service.system.clock.advance(90_000_000)
    const hinted = await authorize(service, client, { id_token_hint: idToken })
    expect(hinted).toMatchObject({ action: 'INTERACTION', subject: 'alice' })
    const other = await service.api('/auth/authorization/issue', {
      ...{ ticket: hinted.ticket, subject: 'bob' },
    })
    expect(other).toMatchObject({ action: 'LOCATION', resultCode: 'P033002' })
    const foreign = await authorize(service, await service.client(), { id_token_hint: idToken })
    expect(foreign).toMatchObject({ resultCode: 'P009001' })
  })
})

describe('end of an authorization request', () => {
  const reasons = {
    UNKNOWN: 'server_error',
    NOT_LOGGED_IN: 'login_required',
    MAX_AGE_NOT_SUPPORTED: 'login_required',
    EXCEEDS_MAX_AGE: 'login_required',
    DIFFERENT_SUBJECT: 'login_required',
    ACR_NOT_SATISFIED: 'login_required',
    DENIED: 'access_denied',
    SERVER_ERROR: 'server_error',
    NOT_AUTHENTICATED: 'login_required',
    ACCOUNT_SELECTION_REQUIRED: 'account_selection_required',
    CONSENT_REQUIRED: 'consent_required',
    INTERACTION_REQUIRED: 'interaction_required',
    INVALID_TARGET: 'invalid_target',
    INVALID_SCOPE: 'invalid_scope',
    UNAUTHORIZED_CLIENT: 'unauthorized_client',
    TEMPORARILY_UNAVAILABLE: 'temporarily_unavailable',
  }
  it.each(Object.entries(reasons))(
    'answers the reason %s with the error %s (OIDC Core §3.1.2.6)',
    async (reason, error) => {
      const { ticket } = await authorize(service, await service.client())
      const failed = await service.api('/auth/authorization/fail', { ticket, reason })
      expect(errorOf(failed)).toMatchObject({ error, state: 'some-state' })
    },
  )

  it('removes characters not allowed in error_description (RFC 6749 §4.1.2.1)', async () => {
    const { ticket } = await authorize(service, await service.client())
    const description = 'Not "today"\r\nSet-Cookie: x'
    const failed = await service.api('/auth/authorization/fail', {
      ticket,
      reason: 'DENIED',
      description,
    })
    expect(errorOf(failed)['error_description']).toBe('[P034007] Not todaySet-Cookie: x')
  })

  it('succeeds for one of 20 concurrent issues of a ticket, and never after a day', async () => {
    const client = await service.client()
    const { ticket } = await authorize(service, client)
    const body = { ticket, subject: 'alice' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.api('/auth/authorization/issue', body)),
    )
    expect(answers.filter(({ action }) => action === 'LOCATION')).toHaveLength(1)
    expect(answers.filter(({ resultCode }) => resultCode === 'P032001')).toHaveLength(19)
    const late = await authorize(service, client)
    service.system.clock.advance(86_400_001)
    const issued = await service.api('/auth/authorization/issue', { ...body, ticket: late.ticket })
    expect(issued).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P032001' })
  })

  it('issues nothing to a client that was locked or deleted during the interaction', async () => {
    const client = await service.client()
    const { ticket } = await authorize(service, client)
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    expect(issued).toMatchObject({ action: 'LOCATION', resultCode: 'P033001' })
  })
})

describe('state parameter', () => {
  it('is returned unchanged, long and with special characters (RFC 6749 §4.1.2)', async () => {
    const state = `${'x'.repeat(128)} &=#%+"'<>/?äöü`
    const client = await service.client()
    for (const response_mode of ['query', 'fragment']) {
      const refused = await authorize(service, client, { state, response_mode, prompt: 'x' })
      expect(errorOf(refused)['state']).toBe(state)
    }
    const form = await authorize(service, client, {
      ...{ state: '"><script>alert(1)</script>', response_mode: 'form_post', prompt: 'x' },
    })
    expect(form.action).toBe('FORM')
    expect(form.responseContent).not.toContain('<script>')
    expect(form.responseContent).toContain('&quot;&gt;&lt;script&gt;')
  })
})

describe('PKCE at the authorization endpoint', () => {
  it('is not required for a response_type without code', async () => {
    await service.configure({ pkceRequired: true })
    const request = { response_type: 'id_token', ...noPkce() }
    expect(await authorize(service, await service.client(), request)).toMatchObject({
      action: 'INTERACTION',
    })
    await service.configure({})
  })
})

describe('stored redirect URI with a line break', () => {
  it('is not redirected to, so that no header or page is split (RFC 9110 §5.5)', async () => {
    const { clientId } = await service.client()
    const row = await service.store.clients.find(service.serviceId, clientId)
    if (!row) throw new Error('The client has no row.')
    const redirectUris = [`${redirectUri}\r\nSet-Cookie: a=b`]
    const changes = { data: { ...row.data, redirectUris }, secrets: row.secrets, modifiedAt: 1 }
    const { store, serviceId } = service
    await store.commit(
      store.clients.update(
        serviceId,
        clientId,
        { ...changes, alias: undefined, developer: undefined, softwareId: undefined },
        row.version,
      ),
    )
    const parameters = `response_type=code&client_id=${clientId}&scope=read&prompt=none+login`
    const answer = await service.api('/auth/authorization', { parameters })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P004004' })
    expect(answer.responseContent).not.toContain('Set-Cookie')
  })
})
