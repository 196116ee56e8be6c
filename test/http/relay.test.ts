/** `Prefer: relay`: the HTTP response for the client, for every row of every relay table. */
import { describe, expect, it } from 'vitest'
import { relay as relayed, relayOf } from '../../client/src/relay.ts'
import { endpoints } from '../../src/api/index.ts'
import { begin } from '../support/ciba.ts'
import { form } from '../support/flows.ts'
import {
  asks,
  ciba,
  client,
  type Members,
  openRelayed,
  type Place,
  proves,
  type Row,
  random,
  rows,
  service,
  tokenOf,
} from '../support/relayed-calls.ts'
import type { Json, Reply } from '../support/server.ts'
import { tableRows } from '../support/table-rows.ts'

openRelayed()

/** Actions of the contract that no rule returns yet, but that a frontend must handle. */
const unreached: Record<string, string[]> = {
  '/pushed_auth_req': ['FORBIDDEN', 'INTERNAL_SERVER_ERROR'],
  '/backchannel/authentication': ['INTERNAL_SERVER_ERROR'],
  '/backchannel/authentication/issue': ['INTERNAL_SERVER_ERROR'],
  '/auth/userinfo': ['INTERNAL_SERVER_ERROR'],
  '/auth/introspection': ['INTERNAL_SERVER_ERROR'],
  '/auth/revocation': ['INTERNAL_SERVER_ERROR'],
  '/attestation/challenge': ['INTERNAL_SERVER_ERROR'],
  '/resource/metadata': ['INTERNAL_SERVER_ERROR'],
  '/userinfovc/parse': ['INTERNAL_SERVER_ERROR'],
  '/userinfovc/issue': ['INTERNAL_SERVER_ERROR'],
  '/vci/metadata': ['INTERNAL_SERVER_ERROR'],
  '/vci/jwtissuer': ['INTERNAL_SERVER_ERROR'],
  '/vci/jwks': ['INTERNAL_SERVER_ERROR'],
  '/vci/single/parse': ['INTERNAL_SERVER_ERROR'],
  '/vci/batch/parse': ['INTERNAL_SERVER_ERROR'],
  '/vci/deferred/parse': ['INTERNAL_SERVER_ERROR'],
  // No token is presented there.
  '/vci/deferred/issue': ['UNAUTHORIZED'],
  '/vci/notification': ['INTERNAL_SERVER_ERROR'],
  '/session/iframe': ['INTERNAL_SERVER_ERROR'],
  '/logout': ['INTERNAL_SERVER_ERROR'],
  '/logout/issue': ['INTERNAL_SERVER_ERROR'],
  '/logout/fail': ['INTERNAL_SERVER_ERROR'],
  '/gm': ['AUTHLETE_ERROR'],
  '/client/registration': ['INTERNAL_SERVER_ERROR'],
  '/client/registration/get': ['INTERNAL_SERVER_ERROR'],
  '/client/registration/update': ['INTERNAL_SERVER_ERROR'],
  '/client/registration/delete': ['INTERNAL_SERVER_ERROR'],
}

const cases = Object.entries(rows).flatMap(([path, actions]) =>
  Object.entries(actions).map(([action, row]) => [path, action, row] as const),
)

const call = async (path: string, body: Members, headers = {}): Promise<Reply> =>
  service.call('POST', `/api/${service.serviceId}${path}`, body, { headers })

const types: Partial<Record<Place, RegExp>> = {
  json: /^application\/json(;charset=utf-8)?$/,
  html: /^text\/html;charset=UTF-8$/,
  jwt: new RegExp(
    `^application/((${[
      ...['token-introspection', 'statuslist', 'entity-statement', 'jwk-set'],
      ...['explicit-registration-response', 'resolve-response'],
    ].join('|')})\\+)?jwt$`,
  ),
}

describe('relay table of an operation', () => {
  it('has a test for every row', () => {
    const tables = endpoints.flatMap(({ path, relay }) =>
      relay ? [[path.replace('/api/{serviceId}', ''), Object.keys(relay).sort()]] : [],
    )
    const tested = Object.entries(rows).map(([path, actions]) => [
      path,
      [...Object.keys(actions), ...(unreached[path] ?? [])].sort(),
    ])
    expect(Object.fromEntries(tables)).toEqual(Object.fromEntries(tested))
  })
})

const publicPaths = /^\/(vci\/status|federation(?!\/(registration|resolve)))\//

describe('Prefer: relay', () => {
  it.each(cases)('%s %s returns the HTTP response to relay', async (path, action, row) => {
    const { headers, body } = await call(path, await row.ask(), { Prefer: 'relay' })
    expect(body, JSON.stringify(body)).toHaveProperty('action', action)
    expect(headers.get('preference-applied')).toBe('relay')
    const { relay, responseContent } = body
    const type = types[row.place]
    expect(relay.status).toBe(row.status)
    // Codes, tokens and references to them must not be cached (RFC 6749 §5.1, §4.1.2).
    const isPublic = publicPaths.test(path) && action === 'OK'
    const caching = isPublic
      ? { 'Cache-Control': body.cacheControl }
      : { 'Cache-Control': 'no-store', Pragma: 'no-cache' }
    expect(relay.headers).toMatchObject(caching)
    if (type) expect(relay.headers['Content-Type']).toMatch(type)
    else expect(relay.headers).not.toHaveProperty('Content-Type')
    if (type) expect(relay.body).toBe(responseContent)
    else expect(relay).not.toHaveProperty('body')
    expect(relay.headers['Location']).toBe(row.place === 'location' ? responseContent : undefined)
    if (row.place === 'json') expect(JSON.parse(relay.body)).toBeTypeOf('object')
    if (row.place === 'challenge') expect(relay.headers['WWW-Authenticate']).toBe(responseContent)
    // A 401 has at least one challenge, of a supported scheme (RFC 9110 §15.5.2).
    if (row.status === 401) expect(relay.headers['WWW-Authenticate']).toMatch(/^(Basic|Bearer) /)
    await requireSameByClient(path, body)
  })
})

/** `postern-client/relay` makes the same response of the action. */
async function requireSameByClient(path: string, { relay, ...answer }: Json) {
  expect(relayOf(answer, path)).toEqual(relay)
  const response = relayed(answer, path)
  expect(response.status).toBe(relay.status)
  for (const [name, value] of Object.entries(relay.headers)) {
    expect([name, response.headers.get(name)]).toEqual([name, value])
  }
  expect(await response.text()).toBe(relay.body ?? '')
}

describe('Prefer: relay, explain', () => {
  it.each(cases)('%s %s explains to the caller, never to the client', async (path, action, row) => {
    const { headers, body } = await call(path, await row.ask(), { Prefer: 'relay, explain' })
    expect(body, JSON.stringify(body)).toHaveProperty('action', action)
    expect(headers.get('preference-applied')).toBe('relay, explain')
    const { explanation, relay, responseContent } = body
    expect(Array.isArray(explanation.trace)).toBe(true)
    if (explanation.refusedBy) expect(explanation.refusedBy.says).toBeTypeOf('string')
    const sent = JSON.stringify([relay, responseContent])
    for (const word of ['explanation', 'refusedBy', 'notReached', '/docs/codes/']) {
      expect(sent).not.toContain(word)
    }
  })
})

const isFirst = (path: string, action: string) => Object.keys(rows[path] ?? {})[0] === action

describe('operation without Prefer: relay', () => {
  it.each(cases)('%s %s answers by the contract, and as its dry run does', async (...of) => {
    const [path, action, row] = of
    service.system.clock.advance(1_000)
    const request = await row.ask()
    const dry = await runDry(path, request, isFirst(path, action))
    const { headers, body } = await call(path, request)
    expect(body).toHaveProperty('action', action)
    expect(body).not.toHaveProperty('relay')
    expect(body).not.toHaveProperty('explanation')
    expect(headers.has('preference-applied')).toBe(false)
    expect(dry.outcome).toMatchObject({ action, resultCode: body.resultCode })
  })

  /** A dry run tells nothing that was made at random, and changes no row. */
  async function runDry(operation: string, request: Members, isCompared: boolean): Promise<Json> {
    const before = isCompared ? await tableRows(service.engine) : undefined
    const made = random.made.length
    const { status, text, body } = await call('/explain', { operation, request })
    expect(status, text).toBe(200)
    if (before) expect(await tableRows(service.engine)).toEqual(before)
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./)
    // The first value is the id of the call itself.
    for (const value of random.made.slice(made + 1)) expect(text).not.toContain(value)
    return body
  }
})

describe('action that requires work of the frontend', () => {
  const unfinished: [string, string, Row['ask']][] = [
    ['/auth/authorization', 'INTERACTION', () => asks({})],
    ['/auth/authorization', 'NO_INTERACTION', () => asks({ prompt: 'none' })],
    [
      ...(['/auth/token', 'PASSWORD'] as const),
      () => ({
        parameters: form({ grant_type: 'password', username: 'u', password: 'p' }),
        ...proves(client),
      }),
    ],
    [
      ...(['/backchannel/authentication', 'USER_IDENTIFICATION'] as const),
      () => ({ parameters: form({ scope: 'openid', login_hint: 'a' }), ...proves(ciba) }),
    ],
    [
      ...(['/backchannel/authentication/complete', 'NO_ACTION'] as const),
      async () => ({
        ...{ ticket: (await begin(service, ciba)).ticket, result: 'AUTHORIZED', subject: 'alice' },
      }),
    ],
    ['/auth/userinfo', 'OK', async () => ({ token: await tokenOf() })],
    ['/auth/introspection', 'OK', async () => ({ token: await tokenOf() })],
  ]

  it.each(unfinished)('%s %s has nothing to relay', async (path, action, ask) => {
    const { headers, body } = await call(path, await ask(), { Prefer: 'relay' })
    expect(body).toHaveProperty('action', action)
    expect(body).not.toHaveProperty('relay')
    expect(headers.has('preference-applied')).toBe(false)
    expect(relayOf(body, path)).toBeUndefined()
  })
})
