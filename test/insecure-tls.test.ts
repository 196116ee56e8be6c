/** `ext.outbound.tls_insecure` works only in a process that allows it, for its service alone. */
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { form, issuer } from './support/flows.ts'
import { clientKey, publicKey } from './support/keys.ts'
import { createProcesses, type Processes, type Started, stop } from './support/processes.ts'
import type { Json } from './support/server.ts'
import { certificate, privateKey } from './system/tls-certificate.ts'

const admin = 'the-token-of-the-operator'
const base = { POSTERN_ADMIN_TOKEN: admin, POSTERN_OUTBOUND_ALLOW: '127.0.0.1' }
const allowing = { ...base, POSTERN_ALLOW_INSECURE_TLS: 'true' }
const insecure = { attributes: [{ key: 'ext.outbound.tls_insecure', value: 'true' }] }

let processes: Processes
let keys: Server
let jwksUri: string
beforeAll(async () => {
  processes = createProcesses()
  keys = createServer({ cert: certificate, key: privateKey }, (_, response) => {
    response.end(JSON.stringify({ keys: [publicKey(clientKey)] }))
  })
  await new Promise<void>((done) => keys.listen(0, '127.0.0.1', done))
  jwksUri = `https://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`
})
afterAll(() => {
  processes.close()
  keys.close()
})

async function post({ url }: Started, path: string, body: object): Promise<Json> {
  const response = await fetch(`${url}/api${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.json()
}

const create = (server: Started, more: object): Promise<Json> =>
  post(server, '/service/create', { issuer, tokenEndpoint: `${issuer}/token`, ...more })

/** The action for a client whose assertion is verified by the keys at the URL. */
async function actionFor(server: Started, { apiKey }: Json): Promise<string> {
  const client = await post(server, `/${apiKey}/client/create`, {
    clientType: 'CONFIDENTIAL',
    tokenAuthMethod: 'PRIVATE_KEY_JWT',
    jwksUri,
  })
  const id = String(client.clientId)
  const assertion = await new SignJWT({ iss: id, sub: id, aud: issuer, jti: id })
    .setProtectedHeader({ alg: 'ES256' })
    .setExpirationTime('1m')
    .sign(await importJWK(clientKey, 'ES256'))
  const answer = await post(server, `/${apiKey}/auth/token`, {
    parameters: form({
      grant_type: 'client_credentials',
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }),
  })
  return answer.action
}

describe('server with an unverifiable certificate', () => {
  it('is read for a service with ext.outbound.tls_insecure, if the process allows it', async () => {
    const server = await processes.started(allowing)
    const [lax, strict] = [await create(server, insecure), await create(server, {})]
    expect(await actionFor(server, lax)).toBe('OK')
    expect(await actionFor(server, strict)).toBe('INVALID_CLIENT')
    expect(server.output()).toContain('services may accept any TLS certificate')
    await stop(server)
  })

  it('is not read if the process does not allow it', async () => {
    const server = await processes.started(base)
    expect(await actionFor(server, await create(server, insecure))).toBe('INVALID_CLIENT')
    expect(server.output()).not.toContain('TLS')
    await stop(server)
  })

  it('is not read if its address is not allowed', async () => {
    const server = await processes.started({ ...allowing, POSTERN_OUTBOUND_ALLOW: '' })
    expect(await actionFor(server, await create(server, insecure))).toBe('INVALID_CLIENT')
    await stop(server)
  })
})

describe('POSTERN_ALLOW_INSECURE_TLS', () => {
  it('ends a start in production', async () => {
    const { code, output } = await processes.run(['serve'], { ...allowing, NODE_ENV: 'production' })
    expect([code, output]).toEqual([1, expect.stringContaining('not true where NODE_ENV')])
  })
})
