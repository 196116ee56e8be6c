/** `postern import dcr`: documents of RFC 7591 from any server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../support/server.ts'
import { chooser } from './exports/random.ts'
import { expectComplete, expectReasons, type Imports, openImports, outcomesOf } from './imports.ts'

/** What a registration endpoint returned, RFC 7591 §3.2.1. */
function registrations(seed: number): Json[] {
  const choose = chooser(seed)
  const usual = Array.from({ length: 46 }, (_, at) => ({
    client_id: `s6Bh-${choose.text(10)}`,
    client_secret: choose.text(choose.of([6, 20, 64, 200])),
    client_secret_expires_at: 0,
    client_id_issued_at: 1_700_000_000 + at,
    client_name: `Client ${at}`,
    'client_name#ja': `クライアント ${at}`,
    redirect_uris: [`https://client-${at}.example.org/callback`],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: choose.of(['client_secret_basic', 'client_secret_post']),
    scope: ['read', ...choose.some(['write', 'dolphin'])].join(' '),
    contacts: [`ve7jtb@client-${at}.example.org`],
    registration_access_token: choose.text(30),
    registration_client_uri: `https://server.example.com/register?client_id=${at}`,
    id_token_signed_response_alg: 'ES256',
    dpop_bound_access_tokens: choose.chance(0.2),
    default_max_age: choose.of([60, 3600]),
    example_extension_parameter: 'example_value',
  }))
  const odd = [
    { client_id: 'minimal', redirect_uris: ['https://minimal.example/cb'] },
    { client_id: 'minimal', redirect_uris: ['https://minimal.example/other'] },
    { client_id: 'no-secret', token_endpoint_auth_method: 'none', client_secret: '' },
    { redirect_uris: ['http://[broken'], client_name: 7, default_max_age: -1, client_id: null },
  ]
  return [...usual, ...odd]
}
const documents = registrations(11)

let imports: Imports
beforeAll(async () => {
  imports = await openImports()
})
afterAll(() => imports.close())

const issuer = 'https://server.example.com'

describe('import of RFC 7591 documents', () => {
  it('reports each property of 50 documents, applies, and plans no change after that', async () => {
    const files = Object.fromEntries(documents.map((one, at) => [`${100 + at}.json`, one]))
    // A client_id that occurs twice cannot be the alias of two clients.
    const { migration, file } = await imports.read('dcr', files, { issuer })
    const { lines } = migration.report
    expect(documents).toHaveLength(50)
    for (const [at, document] of documents.entries()) {
      const id = document.client_id ?? `client-${at + 1}`
      const found = at === 47 ? 'minimal-2' : id.toLowerCase()
      expectComplete(lines, `client ${found}`, document)
    }
    expectReasons(lines)
    expect(outcomesOf(lines, 'client minimal-2', 'client_id')).toContainEqual(
      expect.objectContaining({ outcome: 'decide' }),
    )
    const { serviceId, changesAgain } = await imports.apply(file)
    expect(changesAgain).toBe(false)
    const parameters = 'grant_type=client_credentials&scope=read'
    for (const { client_id: clientId, client_secret: clientSecret, ...one } of documents) {
      if (!clientSecret || one.dpop_bound_access_tokens) continue
      const inBody = `${parameters}&client_id=${clientId}&client_secret=${clientSecret}`
      const isInBody = one.token_endpoint_auth_method === 'client_secret_post'
      const call = isInBody ? { parameters: inBody } : { parameters, clientId, clientSecret }
      const answer = await imports.api(`${serviceId}/auth/token`, call)
      expect(answer).toMatchObject({ action: 'OK' })
    }
  })

  it('is for a service that there is if no issuer is named', async () => {
    const { migration } = await imports.read('dcr', { 'one.json': documents[0] })
    expect(migration.service).toEqual({})
    expect(outcomesOf(migration.report.lines, 'service', 'issuer')).toHaveLength(1)
  })

  it('tells which file cannot be read', async () => {
    await expect(imports.read('dcr', { 'bad.json': '{' })).rejects.toThrow('bad.json')
    await expect(imports.read('dcr', { 'bad.json': [1] })).rejects.toThrow('a list of objects')
  })
})
