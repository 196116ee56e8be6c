/** Two real Posterns behind `postern shadow`, with services of the same settings. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPostern, type Postern } from '../../src/index.ts'
import { type Shadow, type ShadowOptions, startShadow } from '../../src/remote/shadow/shadow.ts'
import { issuer, redirectUri } from '../support/flows.ts'
import { jwksOf, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'

export const shadowSettings = {
  serviceName: 'Shadowed',
  issuer,
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  userInfoEndpoint: `${issuer}/userinfo`,
  revocationEndpoint: `${issuer}/revoke`,
  introspectionEndpoint: `${issuer}/introspect`,
  registrationEndpoint: `${issuer}/register`,
  registrationManagementEndpoint: `${issuer}/register`,
  pushedAuthReqEndpoint: `${issuer}/par`,
  backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
  supportedBackchannelTokenDeliveryModes: ['POLL'],
  deviceAuthorizationEndpoint: `${issuer}/device`,
  deviceVerificationUri: `${issuer}/activate`,
  deviceVerificationUriComplete: `${issuer}/activate?user_code=USER_CODE`,
  dynamicRegistrationSupported: true,
  jwksUri: `${issuer}/jwks`,
  jwks: jwksOf(...serviceKeys),
  supportedAcrs: ['gold', 'silver', 'bronze'],
  supportedScopes: ['openid', 'profile', 'offline_access', 'read', 'write'].map((name) => ({
    name,
  })),
}

export const clientSettings = {
  clientName: 'Shop',
  clientType: 'CONFIDENTIAL',
  redirectUris: [redirectUri],
  bcDeliveryMode: 'POLL',
}

export interface Pair {
  primary: number
  secondary: number
}

export interface Two {
  first: Postern
  second: Postern
  shadow: Shadow
  /** The lines of the report. */
  lines: string[]
  /** Changes the answers of the secondary; undefined leaves one as it is. */
  rewrite: (path: string, text: string) => string | undefined
  close(): Promise<void>
}

/** The secondary answers by a server of the test, which can change what it says. */
async function answering(postern: Postern, two: Pick<Two, 'rewrite'>) {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { method = 'GET', url = '/', headers } = request
    const answer = await postern.fetch(
      new Request(`http://postern.invalid${url}`, {
        method,
        headers: Object.entries(headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
        body: parts.length > 0 ? Buffer.concat(parts) : null,
      }),
    )
    const text = await answer.text()
    const type = answer.headers.get('content-type')
    response.writeHead(answer.status, type ? { 'Content-Type': type } : {})
    response.end(two.rewrite(url, text) ?? text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** Each service by its name: settings of both, and what is different at the secondary. */
export async function startTwo(
  services: Record<string, { both?: Json; different?: Json }>,
  options: Partial<ShadowOptions> = {},
): Promise<Two & { pairs: Record<string, Pair> }> {
  const [first, second] = [await createPostern(), await createPostern()]
  const pairs: Record<string, Pair> = {}
  for (const [name, { both, different }] of Object.entries(services)) {
    const made = await first.api.post<Json>('service/create', { ...shadowSettings, ...both })
    const other = await second.api.post<Json>('service/create', {
      ...shadowSettings,
      ...both,
      ...different,
    })
    pairs[name] = { primary: made.apiKey, secondary: other.apiKey }
  }
  const lines: string[] = []
  const two: Pick<Two, 'rewrite'> = { rewrite: () => undefined }
  const { url } = await first.listen()
  const other = await answering(second, two)
  const shadow = await startShadow({
    primary: { url, token: first.api.token },
    secondary: { url: other.url, token: second.api.token },
    services: new Map(
      Object.values(pairs).map((pair) => [String(pair.primary), String(pair.secondary)]),
    ),
    clients: new Map(),
    ...{ host: '127.0.0.1', port: 0, summaryPort: 0, tolerance: 60, inFlight: 32, waiting: 2_000 },
    ignored: new Set(),
    timeout: 60_000,
    write: (line) => lines.push(line),
    now: Date.now,
    ...options,
  })
  return Object.assign(two, {
    ...{ first, second, shadow, lines, pairs },
    async close() {
      await shadow.close()
      other.server.closeAllConnections()
      other.server.close()
      await Promise.all([first.close(), second.close()])
    },
  })
}

export type Api = (operation: string, body?: object) => Promise<Json>

/** Calls of a service through the proxy; without a body, by GET. */
export function throughProxy({ shadow, first }: Two, { primary }: Pair): Api {
  return async (operation, body) => {
    const response = await fetch(`${shadow.url}/api/${primary}${operation}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        Authorization: `Bearer ${first.api.token}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : null,
    })
    const text = await response.text()
    return text === '' ? undefined : JSON.parse(text)
  }
}
