/** Requests of clients as people paste them into a dry run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizationRequest, createService, issuer, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

async function run(http: unknown): Promise<Json> {
  service.system.clock.advance(1_000)
  return service.api('/explain', { http })
}
const secret = () => client.clientSecret
const basic = () => Buffer.from(`${client.clientId}:${secret()}`).toString('base64')
const grant = 'grant_type=client_credentials'

describe('pasted request', () => {
  it.each([
    ['a URL', () => `${issuer}/authorize?${authorizationRequest(client)}`],
    [
      'a URL with space around it',
      () => `\n ${issuer}/authorize?${authorizationRequest(client)}\n`,
    ],
    ['a form', () => authorizationRequest(client)],
    ['the query of a URL', () => `?${authorizationRequest(client)}`],
    [
      'a curl command with -G',
      () => `curl -G ${issuer}/authorize --data-raw '${authorizationRequest(client)}'`,
    ],
    ['a curl command', () => `curl "${issuer}/authorize?${authorizationRequest(client)}"`],
  ])('is %s of the authorization endpoint', async (_, text) => {
    const { operation, outcome } = await run(text())
    expect([operation, outcome.action]).toEqual(['/auth/authorization', 'INTERACTION'])
  })

  it.each([
    [
      'a curl command with -u',
      () => `curl -u '${client.clientId}:${secret()}' -d ${grant} ${issuer}/token`,
    ],
    [
      'a curl command over several lines',
      () =>
        `curl -sSX POST \\\n  -H "Authorization: Basic ${basic()}" \\\n  --data-urlencode "scope=read" -d "${grant}" \\\n  -o /dev/null --url ${issuer}/token`,
    ],
    [
      'a curl command with letters and values together',
      () => `curl.exe -XPOST -d"${grant}" -H"Authorization: Basic ${basic()}" ${issuer}/token`,
    ],
    [
      'an HTTP request',
      () =>
        `POST /token HTTP/1.1\nHost: as.example.com\nAuthorization: Basic ${basic()}\n\n${grant}`,
    ],
  ])('is %s of the token endpoint', async (_, text) => {
    const { operation, outcome } = await run(text())
    expect([operation, outcome.action]).toEqual(['/auth/token', 'OK'])
  })

  it('is of an endpoint that the service does not have in its settings', async () => {
    const bare = await createService(
      { authorizationEndpoint: undefined, tokenEndpoint: undefined },
      service,
    )
    const of = await bare.client()
    const http = `https://elsewhere.example/auth?${authorizationRequest(of)}`
    const { operation, outcome } = await bare.api('/explain', { http })
    expect([operation, outcome.action]).toEqual(['/auth/authorization', 'INTERACTION'])
    const token = `POST /token HTTP/1.1\n\n${grant}&client_id=${of.clientId}`
    expect((await bare.api('/explain', { http: token })).operation).toBe('/auth/token')
    const form = authorizationRequest(of)
    expect((await bare.api('/explain', { http: form })).operation).toBe('/auth/authorization')
  })

  it('is a form of the token endpoint', async () => {
    const { operation, explanation } = await run(`${grant}&client_id=${client.clientId}`)
    expect(operation).toBe('/auth/token')
    expect(explanation.refusedBy.code).toBe('P010006')
  })

  it.each([
    ['a command alone', 'curl'],
    ['a command without a URL', 'curl -X POST'],
    ['words', 'hello there'],
    ['an unfinished quotation', 'curl "an unfinished quote'],
    ['a backslash', '\\'],
    ['an empty word', "curl ''"],
    ['an option without its value', 'curl -d'],
    ['many options', `curl ${'-H '.repeat(50_000)}`],
    ['many quotation marks', `curl ${"'".repeat(150_000)}`],
  ])('that cannot be read is refused: %s', async (_, text) => {
    const reply = await service.call('POST', `/api/${service.serviceId}/explain`, { http: text })
    expect(reply.status).toBe(400)
    expect(reply.body.resultCode).toMatch(/^P14200[12]$/)
    service.system.clock.advance(1_000)
  })
})
