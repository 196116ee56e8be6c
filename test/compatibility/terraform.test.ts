/**
 * Recorded requests of the Terraform provider (1.3.17, for version 3), without secrets and keys:
 * of its own acceptance tests in `terraform.json`, and of `terraform-acceptance.test.ts` in
 * `terraform-groups.json`. Objects are returned as they were created or updated, with 0 and false
 * for unset members, so that a second plan is empty.
 */
import { readFileSync } from 'node:fs'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import { createServer, type Json, type TestServer } from '../support/server.ts'
import { clientGroups, serviceGroups } from './terraform/groups.ts'
import { type Recorded, type RecordedTest, unpack } from './terraform/recording.ts'

const read = (name: string) => JSON.parse(readFileSync(`test/compatibility/${name}`, 'utf8'))
const ofProvider: RecordedTest[] = read('terraform.json')
const groups = unpack(read('terraform-groups.json'))

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

/** Members that the server generates or the provider does not know. */
const own = new Set([
  ...['apiKey', 'number', 'createdAt', 'modifiedAt', 'pairwiseSubjectSalt', 'clientId'],
  ...['clientSecret', 'serviceNumber', 'derivedSectorIdentifier', 'clientSource', 'warnings'],
])
/** Client properties that the provider treats as computed if they are not set. */
const computed: Record<string, string> = {
  ...{ clientType: 'PUBLIC', applicationType: 'WEB', subjectType: 'PUBLIC' },
  ...{ tokenAuthMethod: 'CLIENT_SECRET_BASIC', idTokenSignAlg: 'RS256' },
}
const isUnset = (name: string, value: unknown): boolean =>
  value === undefined ||
  value === false ||
  value === 0 ||
  value === '' ||
  value === computed[name] ||
  (typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(([member, each]) => isUnset(member, each)))

/** Members of a document that the provider did not set, or that differ from its values. */
function differences(set: Json, read: Json): string[] {
  const names = [...new Set([...Object.keys(set), ...Object.keys(read)])]
  return names.filter((name) => {
    if (own.has(name)) return false
    const [given, found] = [set[name], read[name]]
    if (isUnset(name, given)) return !isUnset(name, found)
    return !isContained(given, found)
  })
}

/** Unset members may be returned as 0 or false. */
function isContained(given: unknown, found: unknown): boolean {
  if (typeof given !== 'object' || given === null) return given === found
  if (typeof found !== 'object' || found === null) return false
  if (Array.isArray(given) !== Array.isArray(found)) return false
  const [set, read] = [given as Json, found as Json]
  if (Array.isArray(given) && given.length !== read.length) return false
  return Object.keys({ ...set, ...read }).every((name) =>
    isUnset(name, set[name]) ? isUnset(name, read[name]) : isContained(set[name], read[name]),
  )
}

/** Keys that the recording describes, replaced by keys of these tests. */
function keySetFor(described: (JWK & { private: boolean })[]): string {
  const keys = described.map(({ private: isPrivate, ...members }) => {
    const key = serviceKeys.find(
      ({ kty, crv }) => kty === members.kty && (kty !== 'EC' || crv === members.crv),
    )
    const { kid: _, alg: __, use: ___, ...material } = key ?? {}
    return { ...(isPrivate ? material : publicKey(material as JWK)), ...members }
  })
  return jwksOf(...keys)
}

const filled = (document: Json): Json =>
  document?.jwks ? { ...document, jwks: keySetFor(document.jwks) } : document

/** Sends the requests of one test, and compares what is returned with what was set. */
async function replay(requests: Recorded[]) {
  const ids: Record<string, string> = {}
  const documents: Record<string, Json> = {}
  const named = (text: string) => text.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? name)
  for (const { method, path, body, makes, status } of requests) {
    const [subject] = /\{\w+\}$/.exec(path) ?? /\{\w+\}/.exec(path) ?? []
    const about = subject?.slice(1, -1) ?? ''
    const sent = body && {
      ...filled(body),
      ...(body.service ? { service: filled(body.service) } : {}),
      ...(body.serviceId ? { serviceId: Number(named(body.serviceId)) } : {}),
      ...(body.clientIdAlias ? { clientIdAlias: named(body.clientIdAlias) } : {}),
    }
    const reply = await server.call(method, named(path), sent)
    expect({ path, status: reply.status }).toEqual({ path, status })
    if (status !== 200 || !isDocument(path)) continue
    const name = makes ?? about
    if (makes) ids[makes] = String(reply.body.clientId ?? reply.body.apiKey)
    const set = method === 'GET' ? documents[name] : expected(sent.service ?? sent, ids[name])
    documents[name] = set
    expect({ path, differences: differences(set, reply.body) }).toEqual({ path, differences: [] })
  }
}

describe('acceptance tests of the Terraform provider', () => {
  it('are the fifteen tests of version 3', () => {
    expect(new Set(ofProvider.map(({ test }) => test)).size).toBe(15)
  })

  it.each(ofProvider)('$test is served, and its second plan is empty', ({ requests }) =>
    replay(requests),
  )
})

describe('groups of attributes that the Terraform provider sets, changes and unsets', () => {
  it('are all recorded, with their destruction', () => {
    const tests = [
      ...serviceGroups.map(({ name }) => `service: ${name}`),
      ...clientGroups.map(({ name }) => `client: ${name}`),
    ]
    expect(groups.map(({ test }) => test)).toEqual([...tests, 'destruction'])
  })

  it.each(groups)('$test is served, and its second plan is empty', ({ requests }) =>
    replay(requests),
  )
})

const isDocument = (path: string) => !path.includes('/secret/')

/**
 * What is read after a document was set. One test sets custom metadata that its service does not
 * support, and expects them dropped. An alias that is the own id removes the alias.
 */
const expected = (document: Json, id: string | undefined): Json => ({
  ...document,
  ...(document.customMetadata?.includes('k3') ? { customMetadata: '{"k2":"val2"}' } : {}),
  ...(document.clientIdAlias === id ? { clientIdAlias: undefined } : {}),
})
