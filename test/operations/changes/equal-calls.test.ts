/** Many equal calls at a time: whatever each is answered with, none is a server error. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { headersFor, operations, pathOf, problemOf } from '../../faults/malformed.ts'
import { createCibaService } from '../../support/ciba.ts'
import { obtainTokens, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

/** On PostgreSQL three times as many as there are connections. */
const calls = Array.from({ length: inject('dialect') === 'sqlite' ? 120 : 60 })

let service: TestService
let client: Json
let tokens: Json
beforeAll(async () => {
  service = await createCibaService()
  client = await service.client()
  tokens = await obtainTokens(service, client)
})
afterAll(() => service.close())

/** Members that one or another operation takes. */
const bodyOf = () => ({
  ...{ clientId: client.clientId, clientSecret: client.clientSecret, subject: 'alice' },
  ...{ parameters: 'grant_type=client_credentials', token: tokens.accessToken },
  ...{ accessToken: tokens.accessToken, identifier: 'one', sessionId: 'one', name: 'one' },
  ...{ kty: 'EC', use: 'sig', alg: 'ES256', url: 'https://hooks.example.com/', label: 'one' },
  ...{ grantType: 'AUTHORIZATION_CODE', scopes: ['read'], userCode: 'one', ticket: 'one' },
})
const isOfManyServices = ({ path }: { path: string }) => !path.includes('{serviceId}')
const changed = operations.filter((each) => !isOfManyServices(each))

describe(`${calls.length} equal calls at a time`, () => {
  it.each(changed.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    'are no server error of %s',
    async (_name, { path, method }) => {
      const at = pathOf(path, service.serviceId, client)
      const options = { headers: headersFor(method) }
      const call = () => service.call(method.toUpperCase(), at, bodyOf(), options)
      const replies = await Promise.all(calls.map(call))
      const problems = replies.map((reply) => problemOf(reply, path, method))
      expect(problems.filter((problem) => problem !== undefined)).toEqual([])
    },
  )
})
