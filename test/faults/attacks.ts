/** Ways in which one tenant takes more than its share. */
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Caller, form, redirectUri } from './caller.ts'
import { adminToken } from './server-process.ts'

export interface Around {
  url: string
  attacker: Caller
  /** A port of this machine that takes connections and never answers. */
  silentPort: number
}

export interface Attack {
  name: string
  /** Further attributes of the attacking service. */
  attributes?: { key: string; value: string }[]
  /**
   * As many calls to a server that only answers: what they cost the process that makes them is not
   * held against Postern. An attack with it leaves nothing behind, and takes turns with it.
   */
  control?(url: string, isOver: () => boolean): Promise<unknown>
  /** Attacks until told to stop. */
  run(around: Around, isOver: () => boolean): Promise<unknown>
}

/** So many callers, each of which calls again and again. */
const repeat = (callers: number, isOver: () => boolean, call: (count: number) => unknown) => {
  let count = 0
  const work = async () => {
    while (!isOver()) {
      await call(count++)
      await wait(5)
    }
  }
  return Promise.all(Array.from({ length: callers }, work))
}

/**
 * Calls that arrive at a rate, whether or not those before have been answered: strangers do not wait
 * for each other. How much of the processor a tenant may use is the subject of `overload`.
 */
async function arrive(perSecond: number, isOver: () => boolean, call: (count: number) => unknown) {
  const calls: unknown[] = []
  const began = performance.now()
  while (!isOver()) {
    const due = ((performance.now() - began) / 1_000) * perSecond
    while (calls.length < due) calls.push(call(calls.length))
    await wait(5)
  }
  await Promise.all(calls)
}

/** Issuers that the attacking service lists, so that their keys are asked for. */
export const issuers = 40
export const silentIssuer = (port: number, count: number) =>
  `https://127.0.0.1:${port}/${count % issuers}`
export const unresolvedIssuer = (count: number) => `https://silent-${count % issuers}.example.test`

const authorization = (client: Caller['client'], more: Record<string, string>) => ({
  parameters: form({
    ...{ response_type: 'code', client_id: String(client.clientId), redirect_uri: redirectUri },
    ...{ scope: 'openid', ...more },
  }),
})

const hostilePattern = Array.from({ length: 140 }, () => 'x{1000}').join('')
const hostileClaims = JSON.stringify({
  transformed_claims: Object.fromEntries(
    Array.from({ length: 38 }, (_, at) => [
      `c${at}`,
      { claim: 'name', fn: [['match', hostilePattern]] },
    ]),
  ),
})
const hostilePatch = JSON.stringify([
  { op: 'add', path: '/hasOwnProperty/call', value: 1 },
  ...Array.from({ length: 40 }, (_, at) => ({ op: 'copy', from: '', path: `/copy${at}` })),
])
const foreignToken = (issuer: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ iss: issuer, sub: 'a', exp: 9e9 })}.AAAA`
}
const exchange = ({ api, client }: Caller, issuer: string) =>
  api('/auth/token', {
    parameters: form({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token: foreignToken(issuer),
    }),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })

function halfSent({ url, attacker }: Around, isOver: () => boolean) {
  const { hostname, port } = new URL(url)
  const head =
    `POST ${attacker.path('/auth/token')} HTTP/1.1\r\nHost: postern\r\n` +
    `Authorization: Bearer ${adminToken}\r\nContent-Type: application/json\r\n` +
    'Content-Length: 1000\r\n\r\n{'
  const hold = async () => {
    while (!isOver()) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      socket.write(head)
      const closed = new Promise((done) => socket.on('close', done))
      while (!(isOver() || socket.destroyed)) await Promise.race([closed, wait(200)])
      socket.destroy()
      await wait(50)
    }
  }
  return Promise.all(Array.from({ length: 300 }, hold))
}

const quota = 10

export const attacks: readonly Attack[] = [
  {
    name: 'ten times as many token requests as its quota of calls allows',
    attributes: [{ key: 'ext.quota.calls_per_second', value: String(quota) }],
    control: (url, isOver) =>
      arrive(10 * quota, isOver, () => fetch(url, { method: 'POST', body: 'x'.repeat(200) })),
    run: ({ attacker }, isOver) => {
      const parameters = 'grant_type=client_credentials'
      const { clientId, clientSecret } = attacker.client
      const sent = { parameters, clientId: String(clientId), clientSecret }
      return arrive(10 * quota, isOver, () => attacker.api('/auth/token', sent))
    },
  },
  {
    name: 'claims with patterns that are costly to compile',
    run: ({ attacker }, isOver) =>
      repeat(2, isOver, () =>
        attacker.api(
          '/auth/authorization',
          authorization(attacker.client, { claims: hostileClaims }),
        ),
      ),
  },
  {
    name: 'JSON patches that reach for prototypes and double their document',
    run: ({ attacker }, isOver) =>
      repeat(2, isOver, () => {
        const query = `?patch=${encodeURIComponent(hostilePatch)}`
        return attacker.api(`/service/configuration${query}`, undefined, 'GET')
      }),
  },
  { name: '300 connections whose bodies never come', run: halfSent },
  {
    name: 'token exchanges whose issuer never answers',
    run: ({ attacker, silentPort }, isOver) =>
      arrive(100, isOver, (count) => exchange(attacker, silentIssuer(silentPort, count))),
  },
  {
    name: 'token exchanges whose issuer has a name without an address',
    run: ({ attacker }, isOver) =>
      arrive(40, isOver, (count) => exchange(attacker, unresolvedIssuer(count))),
  },
  {
    name: 'notifications to a host that does not answer',
    run: ({ attacker }, isOver) =>
      repeat(4, isOver, () =>
        attacker.api('/auth/token/create/batch', [{ grantType: 'CLIENT_CREDENTIALS' }]),
      ),
  },
  {
    name: 'clients named by the URLs of documents, and tickets that stay undecided',
    run: ({ attacker, silentPort }, isOver) =>
      arrive(100, isOver, (count) => {
        const client_id = `http://127.0.0.1:${silentPort}/client-${count}`
        const filler = { state: 'x'.repeat(4_000) }
        const more = count % 2 === 0 ? { client_id } : filler
        return attacker.api('/auth/authorization', authorization(attacker.client, more))
      }),
  },
]
