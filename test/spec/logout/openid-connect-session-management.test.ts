/** `session_state` and the OP iframe: OpenID Connect Session Management 1.0. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, redirectUri, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const attributes = [{ key: 'ext.session.registry', value: 'on' }]
const settings = { checkSessionIframe: 'https://as.example.com/session/iframe', attributes }
const supported = { supportedResponseTypes: ['CODE', 'CODE_ID_TOKEN'] }
const browserState = 'A-browser-state-of-128-bits'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ ...settings, ...supported })
  client = await service.client({ responseTypes: ['CODE', 'CODE_ID_TOKEN'] })
})
afterAll(() => service.close())

/** The parameters of a response to the client, in the query or the fragment. */
const parametersOf = ({ responseContent }: Json): URLSearchParams => {
  const { search, hash } = new URL(responseContent)
  return new URLSearchParams(hash ? hash.slice(1) : search)
}
const issue = async (request: Record<string, string> = {}, more: Json = {}, at: Json = client) => {
  const { ticket } = await authorize(service, at, request)
  const issued = await service.api('/auth/authorization/issue', {
    ticket,
    subject: 'alice',
    ...more,
  })
  return parametersOf(issued)
}
/** OIDC Session Management §3. */
const expected = (clientId: string, state: string, salt: string) =>
  createHash('sha256')
    .update(`${clientId} ${new URL(redirectUri).origin} ${state} ${salt}`)
    .digest('base64url')

describe('session_state of an authorization response', () => {
  it.each([
    ['query', {}],
    ['fragment', { response_type: 'code id_token' }],
  ])(
    'is the hash of client, origin, browser state and salt, in the %s (§3)',
    async (_, request) => {
      const parameters = await issue(request, { browserState })
      const [hash, salt = ''] = parameters.get('session_state')?.split('.') ?? []
      expect(salt).toMatch(/^[\w-]{22}$/)
      expect(hash).toBe(expected(String(client.clientId), browserState, salt))
      expect(parameters.get('code')).toBeTruthy()
    },
  )

  it('has the client id of the request, also if that is an alias', async () => {
    const named = await service.client({ clientIdAlias: 'the-alias', clientIdAliasEnabled: true })
    const parameters = await issue({ client_id: 'the-alias' }, { browserState }, named)
    const [hash, salt = ''] = parameters.get('session_state')?.split('.') ?? []
    expect(hash).toBe(expected('the-alias', browserState, salt))
  })

  it.each([
    ['the frontend passes no browser state', {}, {}],
    ['the request is not an OpenID request', { scope: 'read' }, { browserState }],
  ])('is absent if %s', async (_, request, more) => {
    expect((await issue(request, more)).get('session_state')).toBeNull()
  })

  it('is absent for a redirect URI with a private scheme, which has no origin', async () => {
    const native = await service.publicClient({ redirectUris: ['com.example.app:/callback'] })
    const request = { redirect_uri: 'com.example.app:/callback' }
    expect((await issue(request, { browserState }, native)).get('session_state')).toBeNull()
  })

  it('is absent if the service has no OP iframe', async () => {
    await service.configure({ checkSessionIframe: '' })
    expect((await issue({}, { browserState })).get('session_state')).toBeNull()
    await service.configure({})
  })

  it('comes with login_required, so that the client hears of a later login (§2)', async () => {
    const { ticket } = await authorize(service, client, { prompt: 'none' })
    const body = { ticket, reason: 'NOT_LOGGED_IN', browserState }
    const parameters = parametersOf(await service.api('/auth/authorization/fail', body))
    expect(parameters.get('error')).toBe('login_required')
    expect(parameters.get('session_state')).toMatch(/^[\w-]{43}\.[\w-]{22}$/)
  })

  it('is refused with a browser state that a cookie of Postern cannot be', async () => {
    const path = `/api/${service.serviceId}/auth/authorization/fail`
    for (const wrong of ['short', 'x'.repeat(129), 'with a space in a long text']) {
      const body = { ticket: 'any', browserState: wrong }
      expect((await service.call('POST', path, body)).status).toBe(400)
    }
  })
})

describe('page of the OP iframe', () => {
  const iframe = (body: Json = {}): Promise<Json> => service.api('/session/iframe', body)

  it('may be embedded by every site, or by the sites of one client', async () => {
    const page = await iframe()
    expect(page).toMatchObject({ action: 'OK', resultCode: 'P093901' })
    expect(page.responseContent).toContain('data-cookie="op_browser_state"')
    expect(page.contentSecurityPolicy).toContain('frame-ancestors https: http:')
    const own = await iframe({ clientIdentifier: String(client.clientId) })
    expect(own.contentSecurityPolicy).toContain('frame-ancestors https://app.example.com')
  })

  it('comes with a new browser state once the session has ended', async () => {
    const { session } = await service.api('/session/create', { subject: 'alice' })
    const { sessionId } = session
    expect(await iframe({ sessionId })).toMatchObject({ live: true })
    await service.api('/session/delete', { sessionId })
    const page = await iframe({ sessionId })
    expect(page.live).toBe(false)
    expect(page.browserState).toMatch(/^[\w-]{22}$/)
  })

  it('is refused for a client without a web origin, and with a wrong cookie name', async () => {
    const native = await service.publicClient({ redirectUris: ['com.example.app:/callback'] })
    const refused = [
      await iframe({ clientIdentifier: String(native.clientId) }),
      await iframe({ clientIdentifier: 'unknown' }),
      await iframe({ cookieName: 'a;b' }),
      await iframe({ refreshSeconds: 60 }),
    ]
    expect(refused.map(({ action, resultCode }) => [action, resultCode])).toEqual([
      ['BAD_REQUEST', 'P093001'],
      ['BAD_REQUEST', 'P093001'],
      ['BAD_REQUEST', 'P093002'],
      ['BAD_REQUEST', 'P093002'],
    ])
  })
})
