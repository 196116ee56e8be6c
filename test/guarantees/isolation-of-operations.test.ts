/**
 * Every operation of the OpenAPI document, called without the right to do so. The calls are
 * generated, so that new operations are included.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/api/index.ts'
import { apiTokenHash } from '../../src/caller.ts'
import { openApiDocument } from '../../src/http/document.ts'
import { AccessRight, includesRight } from '../../src/model/api-token.ts'
import { begin, cibaClient, createCibaService } from '../support/ciba.ts'
import { entitySettings } from '../support/entity.ts'
import {
  authorize,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  type TestService,
} from '../support/flows.ts'
import type { Json, Reply } from '../support/server.ts'
import { loggedOutUri, openSession, withSessions } from '../support/sessions.ts'

interface Operation {
  name: string
  method: string
  /** The template of the path. */
  path: string
  right: AccessRight
  /** The schema of the body, if it has one. */
  body: Json | undefined
}

const accessRights = AccessRight.options
const document = JSON.parse(JSON.stringify(openApiDocument(endpoints))) as Json

const resolve = (schema: Json): Json =>
  schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema

const operations: Operation[] = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods)
    .filter(([, operation]) => operation.security?.length > 0)
    .map(([method, operation]) => ({
      name: operation.operationId,
      method: method.toUpperCase(),
      path,
      right: /Requires the right `(\w+)`/.exec(operation.description)?.[1] as AccessRight,
      body: resolve(operation.requestBody?.content?.['application/json']?.schema),
    })),
)
const ofService = operations.filter(({ path }) => path.includes('{serviceId}'))
/** They read and write nothing of a service, nor does a caller name one. */
const withoutServices = ['keys_convert_api']
/** It tells a caller what its own token is for. */
const ofAnyRight = ['self_api']
const ofNone = operations.filter(({ path }) => !path.includes('{serviceId}'))

/** A minimal value of a schema, with the given values of named members. */
function sample(schema: Json, values: Record<string, unknown>, name = ''): unknown {
  const known = resolve(schema) ?? {}
  if (values[name] !== undefined) {
    const isNumber = [known.type].flat().includes('integer')
    return isNumber ? Number(values[name]) : values[name]
  }
  if (known.enum) return known.enum[0]
  if (known.anyOf) return sample(known.anyOf[0], values, name)
  if (known.allOf) return sample(known.allOf[0], values, name)
  const [type] = [known.type].flat()
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return true
  if (type === 'array') return []
  if (type !== 'object') return 'sample'
  const members = Object.keys(known.properties ?? {}).filter(
    (member) => known.required?.includes(member) || values[member] !== undefined,
  )
  return Object.fromEntries(
    members.map((member) => [member, sample(known.properties[member], values, member)]),
  )
}

let service: TestService
let foreign: Json
let client: Json
/** Values that exist in the first service, and values that exist nowhere, by member name. */
let real: Record<string, string>
let guessed: Record<string, string>

beforeAll(async () => {
  service = await createCibaService({
    deviceAuthorizationEndpoint: `${issuer}/device`,
    deviceVerificationUri: `${issuer}/activate`,
    verifiableCredentialsEnabled: true,
    ...entitySettings,
    ...withSessions(),
  })
  client = await cibaClient(service, 'POLL', { backchannelLogoutUri: loggedOutUri })
  const session = await openSession(service, { subject: 'alice' })
  const tokens = await obtainTokens(service, client, {}, session)
  const over = await openSession(service, { subject: 'alice' })
  await obtainTokens(service, client, {}, over)
  const { logoutId } = await service.api('/session/delete', { sessionId: over.sessionId })
  const { ticket } = await authorize(service, client)
  const backchannel = await begin(service, client)
  const device = await service.api('/device/authorization', {
    parameters: form({ scope: 'openid' }),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })
  foreign = await service.post('/api/service/create', {
    serviceName: 'The other',
    supportedBackchannelTokenDeliveryModes: ['POLL'],
    verifiableCredentialsEnabled: true,
    ...entitySettings,
    ...withSessions(),
  })
  real = {
    ...{ token: tokens.accessToken, accessToken: tokens.accessToken, ticket },
    ...{ refreshToken: tokens.refreshToken, userCode: device.userCode },
    ...{ authReqId: backchannel.authReqId, code: await obtainCode(service, client) },
    clientId: String(client.clientId),
    clientIdentifier: String(client.clientId),
    accessTokenIdentifier: tokens.accessToken,
    subject: 'alice',
    idToken: tokens.idToken,
    sessionId: session.sessionId,
    logoutId,
  }
  // Values of the same form that do not exist.
  guessed = Object.fromEntries(
    Object.entries(real).map(([name, value]) => [name, [...value].reverse().join('')]),
  )
  guessed['clientId'] = guessed['clientIdentifier'] = '1234567890123456'
})
afterAll(() => service.close())

function send(
  { method, path, body }: Operation,
  token: string | null,
  serviceId: number | string,
  values: Record<string, string>,
): Promise<Reply> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'serviceId' ? String(serviceId) : encodeURIComponent(values[name] ?? '1'),
  )
  const content = body && method !== 'GET' ? sample(body, values) : undefined
  return service.call(method, filled, content, { token })
}

const refusedBy = (reply: Reply) => [reply.status, reply.body?.resultCode]

describe('OpenAPI document', () => {
  it('lists operations with and without a service, each with its access right', () => {
    expect(ofService.length).toBeGreaterThan(50)
    expect(ofNone.length).toBeGreaterThan(5)
    for (const { name, right } of operations) {
      expect([name, accessRights.includes(right)]).toEqual([name, !ofAnyRight.includes(name)])
    }
  })
})

describe.each(operations.map((operation) => [operation.name, operation] as const))(
  'operation %s',
  (_name, operation) => {
    it('is 401 without a token, and with an unknown or expired one', async () => {
      // Wrong tokens are throttled per minute, and every operation is sent some.
      service.system.clock.advance(60_000)
      const expired = `expired-${operation.name}-0123456789`
      const { store, system, serviceId } = service
      const now = system.clock()
      await store.commit(
        store.apiTokens.upsert({
          ...{
            tokenHash: apiTokenHash(expired),
            serviceId,
            createdAt: now - 2,
            expiresAt: now - 1,
          },
          data: { label: '', rights: ['admin'] },
        }),
      )
      const without = await send(operation, null, serviceId, real)
      expect(refusedBy(without)).toEqual([401, 'P000101'])
      const unknown = await send(operation, 'unknown', serviceId, real)
      expect(refusedBy(unknown)).toEqual([401, 'P000102'])
      const late = await send(operation, expired, serviceId, real)
      expect(late.text).toBe(unknown.text)
      expect(late.status).toBe(401)
    })

    it('is 403 with every right that does not include its own', async () => {
      if (ofAnyRight.includes(operation.name)) return
      const least: AccessRight[] = accessRights.filter(
        (right) => !includesRight([right], operation.right),
      )
      if (least.length === 0) return
      const token = await service.tokenFor(service.serviceId, least)
      const inBody = { ...real, serviceId: String(service.serviceId) }
      const reply = await send(operation, token, service.serviceId, inBody)
      expect(reply.status).toBe(403)
      expect(reply.body).not.toHaveProperty('action')
    })
  },
)

describe.each(ofService.map((operation) => [operation.name, operation] as const))(
  'operation %s of another service',
  (_name, operation) => {
    it('is 403, whether or not the service and the named object exist', async () => {
      const token = await service.tokenFor(foreign.apiKey, ['admin'])
      const replies = await Promise.all([
        send(operation, token, service.serviceId, real),
        send(operation, token, service.serviceId, guessed),
        send(operation, token, '1234567890', real),
      ])
      for (const reply of replies) {
        expect(refusedBy(reply)).toEqual([403, 'P000104'])
        expect(reply.text).toBe(replies[0]?.text)
      }
    })

    it('answers a real name of the first service as a guessed one', async () => {
      const token = await service.tokenFor(foreign.apiKey, ['admin'])
      // The responses may differ only in values that the call itself contains, or that are random.
      const neutral = (reply: Reply, values: Record<string, string>) =>
        Object.values(values)
          .reduce((text, value) => text.replaceAll(value, '*'), reply.text)
          .replace(/"(browserState|ticket|logoutId)":"[\w-]{22,43}"/g, '"$1":"*"')
      const names = Object.keys(real)
      const isNamed = names.some(
        (name) => operation.path.includes(`{${name}}`) || operation.body?.properties?.[name],
      )
      if (!isNamed) return
      const [found, missing] = [
        await send(operation, token, foreign.apiKey, real),
        await send(operation, token, foreign.apiKey, guessed),
      ]
      expect(found.status).toBe(missing.status)
      expect(found.status).toBeLessThan(500)
      expect(neutral(found, real)).toBe(neutral(missing, guessed))
    })
  },
)

describe('operation with a service in its body', () => {
  it.each(
    ofNone
      .filter(({ method, name }) => method === 'POST' && !withoutServices.includes(name))
      .map((each) => [each.name, each] as const),
  )(
    '%s is 403 with a token of another service, whether or not it exists',
    async (_name, operation) => {
      const token = await service.tokenFor(foreign.apiKey, ['admin'])
      const named = (serviceId: number) => ({
        ...real,
        serviceId: String(serviceId),
        accessToken: 'none',
        tokenId: '00000000-0000-4000-8000-000000000000',
      })
      const found = await send(operation, token, 0, named(service.serviceId))
      const missing = await send(operation, token, 0, named(1_234_567_890))
      expect(found.status).toBe(403)
      expect(missing.text).toBe(found.text)
    },
  )

  it('the list of services contains only those of the caller', async () => {
    const token = await service.tokenFor(foreign.apiKey, ['admin'])
    const { body } = await service.call('GET', '/api/service/get/list', undefined, { token })
    expect(body.services.map(({ apiKey }: Json) => apiKey)).toEqual([foreign.apiKey])
  })
})
