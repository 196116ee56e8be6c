/**
 * Requests of the provider as data: without secrets and key material, and without the members that
 * all requests of an operation have in common.
 */
import type { Json } from '../../support/server.ts'
import type { Call } from './workspace.ts'

export interface Recorded {
  method: string
  path: string
  body?: Json
  /** The name by which later requests refer to the created object. */
  makes?: string
  status: number
}
export interface RecordedTest {
  test: string
  requests: Recorded[]
}
/** What all requests of a path have in common, by the path. */
export interface Recording {
  common: Record<string, Json>
  tests: RecordedTest[]
}

/** What a server gives a document, which the provider sends back. */
const given = ['apiKey', 'clientId', 'number', 'serviceNumber', 'createdAt', 'modifiedAt']
const secret = ['clientSecret', 'apiSecret', 'pairwiseSubjectSalt']

const describedKeys = (text: string) =>
  JSON.parse(text).keys.map(({ kty, crv, kid, alg, use, d }: Json) => {
    return { kty, crv, kid, alg, use, private: d !== undefined }
  })

function described(document: Json): Json {
  const members = Object.entries(document)
    .filter(([name]) => !given.includes(name) && !secret.includes(name))
    .map(([name, value]) => [name, name === 'jwks' ? describedKeys(value as string) : value])
  return Object.fromEntries(members)
}

/** The requests of one test. Reads that are repeated without a change between are left out. */
export function recordOf(test: string, calls: readonly Call[]): RecordedTest {
  const names = new Map<string, string>()
  const named = (text: string) =>
    [...names].reduce((of, [id, name]) => of.replaceAll(id, `{${name}}`), text)
  const requests = calls.map(({ method, path, body, status, answer }): Recorded => {
    const makes = { '/api/service': 'service', create: 'client' }[
      path.endsWith('/client/create') ? 'create' : path
    ]
    const request = { method, path: named(path), ...(makes ? { makes } : {}), status }
    const { serviceId, service, ...rest } = body ?? {}
    if (path.includes('/secret/'))
      return { ...request, body: { clientSecret: 'a-recorded-secret' } }
    const document = service ? { ...rest, service: described(service) } : described(rest)
    if (serviceId) document.serviceId = named(String(serviceId))
    if (document.clientIdAlias) document.clientIdAlias = named(document.clientIdAlias)
    if (makes) names.set(String(answer.clientId ?? answer.apiKey), makes)
    return body ? { ...request, body: document } : request
  })
  const since = (at: number) =>
    requests.findLastIndex(({ method }, n) => n < at && method !== 'GET')
  const isRepeated = ({ method, path }: Recorded, at: number) =>
    method === 'GET' && requests.slice(since(at) + 1, at).some((earlier) => earlier.path === path)
  return { test, requests: requests.filter((request, at) => !isRepeated(request, at)) }
}

const documentOf = (body: Json): Json => body?.service ?? body
const withDocument = (body: Json, document: Json): Json =>
  body.service ? { ...body, service: document } : document

/** The most frequent value of a member, or undefined if most documents lack it. */
function usual(name: string, documents: Json[]): unknown {
  const counts = new Map<string | undefined, number>()
  for (const document of documents) {
    const text = JSON.stringify(document[name])
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const [[text] = []] = [...counts].sort(([, one], [, another]) => another - one)
  return text && JSON.parse(text)
}

const namesIn = (documents: Json[]) => [...new Set(documents.flatMap(Object.keys))].sort()

export function pack(tests: RecordedTest[]): Recording {
  const documents = new Map<string, Json[]>()
  for (const { path, body } of tests.flatMap(({ requests }) => requests)) {
    if (body) documents.set(path, [...(documents.get(path) ?? []), documentOf(body)])
  }
  const common = Object.fromEntries(
    [...documents].map(([path, all]) => {
      const members = namesIn(all).map((name) => [name, usual(name, all)])
      return [path, Object.fromEntries(members.filter(([, value]) => value !== undefined))]
    }),
  )
  /** What differs from the common members; null stands for a member that is absent. */
  const own = (of: Json, document: Json) =>
    Object.fromEntries(
      namesIn([of, document])
        .filter((name) => JSON.stringify(of[name]) !== JSON.stringify(document[name]))
        .map((name) => [name, document[name] ?? null]),
    )
  const packed = tests.map(({ test, requests }) => ({
    test,
    requests: requests.map((request) => {
      const { path, body } = request
      if (!body) return request
      return { ...request, body: withDocument(body, own(common[path], documentOf(body))) }
    }),
  }))
  return { common, tests: packed }
}

export const unpack = ({ common, tests }: Recording): RecordedTest[] =>
  tests.map(({ test, requests }) => ({
    test,
    requests: requests.map((request) => {
      const { path, body } = request
      if (!body) return request
      const members = Object.entries({ ...common[path], ...documentOf(body) })
      const present = members.filter(([, value]) => value !== null)
      return { ...request, body: withDocument(body, Object.fromEntries(present)) }
    }),
  }))
