/** `postern record` and `postern replay`: flows of one Postern, played again with another. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createPostern, type Postern } from '../../src/index.ts'
import { RemoteError } from '../../src/remote/failure.ts'
import { startRecording } from '../../src/remote/recording/record.ts'
import { type ReplayOptions, replay } from '../../src/remote/recording/replay.ts'
import { hashOf } from '../../src/remote/shadow/memory.ts'
import { form } from '../support/flows.ts'
import { within } from '../support/pace.ts'
import { createProcesses } from '../support/processes.ts'
import type { Json } from '../support/server.ts'
import {
  ciba,
  clientCredentials,
  code,
  device,
  type Played,
  refresh,
  refused,
  userInfo,
} from './flows.ts'
import { type Api, clientSettings, shadowSettings } from './two.ts'

const flows = [code, refresh, userInfo, clientCredentials, device, ciba, refused] as const

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open(clock = Date.now): Promise<{ postern: Postern; url: string }> {
  const postern = await createPostern({ clock })
  closing.push(() => postern.close())
  const { url } = await postern.listen()
  return { postern, url }
}

interface Recorded {
  lines: string[]
  serviceId: string
  /** What frontends received. */
  answers: Json[]
}

/** Records one service whose client is created while it is recorded. */
async function record(
  play: (played: Played) => Promise<void>,
  clock: () => number = Date.now,
): Promise<Recorded> {
  const { postern, url } = await open(clock)
  const { apiKey } = await postern.api.post<Json>('service/create', shadowSettings)
  const lines: string[] = []
  const recording = await startRecording({
    primary: { url, token: postern.api.token },
    ...{ host: '127.0.0.1', port: 0, now: clock },
    write: (line) => lines.push(line),
  })
  const answers: Json[] = []
  const api: Api = async (operation, body) => {
    const response = await fetch(`${recording.url}/api/${apiKey}${operation}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        Authorization: `Bearer ${postern.api.token}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : null,
    })
    const answer = JSON.parse(await response.text())
    answers.push(answer)
    return answer
  }
  await play({ api, client: await api('/client/create', clientSettings) })
  await api('/client/get/list')
  const { skipped } = await recording.close()
  expect(skipped).toEqual({ 'not a step of a flow': 1 })
  return { lines, serviceId: String(apiKey), answers }
}

async function* textsOf(lines: readonly string[]) {
  yield* lines
}

async function replayed(
  { lines, serviceId }: Pick<Recorded, 'lines' | 'serviceId'>,
  different: Json = {},
  more: Partial<ReplayOptions> = {},
) {
  const { postern, url } = await open()
  const settings = { ...shadowSettings, ...different }
  const { apiKey } = await postern.api.post<Json>('service/create', settings)
  return replay(textsOf(lines), {
    secondary: { url, token: postern.api.token },
    services: new Map([[serviceId, String(apiKey)]]),
    clients: new Map(),
    ...{ timeout: 60_000, tolerance: 60, ignored: new Set<string>(), now: Date.now },
    write: () => {},
    ...more,
  })
}

const playAll = async (played: Played) => {
  for (const flow of flows) await flow(played)
}

describe('a recording', () => {
  it('is answered by another server as by the first one, in each step of seven flows', async () => {
    const recorded = await record(playAll)
    const summary = await replayed(recorded)
    expect(summary.differences).toEqual([])
    expect(summary).toMatchObject({ different: 0, unknown: 0, skipped: {} })
    expect(summary.compared).toBe((recorded.lines.length - 1) / 2)
  })

  it('has no credential that the first server issued', async () => {
    const { lines, answers } = await record(playAll)
    const text = lines.join('\n')
    const issued = answers.flatMap((answer) =>
      ['accessToken', 'refreshToken', 'idToken', 'ticket', 'clientSecret', 'deviceCode', 'userCode']
        .map((name) => answer?.[name])
        .filter((value) => typeof value === 'string'),
    )
    const codes = answers.flatMap(
      ({ responseContent }) => /[?&]code=([\w-]+)/.exec(responseContent ?? '')?.[1] ?? [],
    )
    expect(issued.length + codes.length).toBeGreaterThan(20)
    for (const value of [...issued, ...codes]) expect(text).not.toContain(value)
  })

  it('shows what another server does otherwise, by operation and cause', async () => {
    const recorded = await record(async (played) => {
      await code(played)
    })
    const { differences } = await replayed(recorded, { accessTokenDuration: 60 })
    expect(differences.map(({ operation, cause }) => `${operation} ${cause}`)).toContain(
      '/auth/token value accessTokenDuration',
    )
  })

  it('is compared by lifetimes, also a day after it was made', async () => {
    const dayAgo = () => Date.now() - 86_400_000
    const recorded = await record(playAll, dayAgo)
    const summary = await replayed(recorded)
    expect(summary.differences).toEqual([])
    const { differences } = await replayed(recorded, { accessTokenDuration: 60 })
    expect(differences.map(({ cause }) => cause)).toContain('value expiresAt')
  })

  it('does not send what a client signed for another time or for the first server', async () => {
    const jwt = (header: object, claims: object) =>
      [header, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .concat('c2lnbmF0dXJl')
        .join('.')
    const now = Math.floor(Date.now() / 1_000)
    const recorded = await record(async ({ api, client }) => {
      const { accessToken } = await clientCredentials({ api, client })
      const ath = hashOf(accessToken)
      for (const dpop of [
        jwt({ alg: 'ES256', typ: 'dpop+jwt' }, { ath, iat: now }),
        jwt({ alg: 'ES256', typ: 'dpop+jwt' }, { iat: now - 61 }),
        jwt({ alg: 'ES256', typ: 'dpop+jwt' }, { iat: now }),
      ]) {
        await api('/auth/introspection', { token: accessToken, dpop, htm: 'GET' })
      }
      const parameters = form({ client_assertion: jwt({ alg: 'ES256' }, { exp: now - 1 }) })
      await api('/auth/token', { parameters })
    })
    const { skipped } = await replayed(recorded)
    expect(skipped).toEqual({ 'signed for the primary': 1, 'signed for another time': 2 })
  })

  it('is read in time linear to its lines', async () => {
    const { lines, serviceId } = await record(async () => {})
    const body = JSON.stringify({ parameters: 'a'.repeat(1_000_000) })
    const path = `/api/${serviceId}/auth/token`
    const call = JSON.stringify({ call: 9, at: 0, method: 'POST', path, headers: {}, body })
    const started = performance.now()
    const { calls } = await replayed({ lines: [...lines, call], serviceId })
    expect([calls, performance.now() - started < within(10_000)]).toEqual([2, true])
  })

  it('is refused with the number of a line that cannot be read', async () => {
    const { lines, serviceId } = await record(async () => {})
    for (const [broken, message] of [
      [[], 'empty'],
      [['{}'], 'not a recording'],
      [[...lines, '{"call":'], `Line ${lines.length + 1}`],
      [[...lines, '{"call":1}'], `Line ${lines.length + 1}`],
    ] as const) {
      const error = await replayed({ lines: [...broken], serviceId }).catch((each) => each)
      expect(error).toBeInstanceOf(RemoteError)
      expect(error.message).toContain(message)
    }
  })
})

describe('the commands', () => {
  it('record into a new file of its owner only, replay it, and fail if an answer differs', async () => {
    const processes = createProcesses()
    closing.push(() => processes.close())
    const folder = mkdtempSync(join(tmpdir(), 'postern-recording-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'flows.jsonl')
    const { postern, url } = await open()
    const { apiKey } = await postern.api.post<Json>('service/create', shadowSettings)
    const primary = { POSTERN_PRIMARY_TOKEN: postern.api.token }
    const recording = ['record', '--primary', url, '--to', path, '--port', '0']
    const { child, output } = await processes.startedBy(recording, 'listens on', primary)
    const proxy = /listens on (\S+)/.exec(output())?.[1] ?? ''
    const call = () =>
      fetch(`${proxy}/api/${apiKey}/auth/authorization`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${postern.api.token}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ parameters: 'a=b' }),
      })
    expect((await (await call()).json()).action).toBe('BAD_REQUEST')
    const closed = once(child, 'close')
    child.kill('SIGTERM')
    expect(await closed).toEqual([0, null])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await processes.run(recording, primary)).toMatchObject({
      code: 2,
      output: expect.stringContaining('exists already'),
    })
    const secondary = { POSTERN_SECONDARY_TOKEN: postern.api.token }
    const replaying = ['replay', path, '--secondary', url]
    expect(await processes.run(replaying, secondary)).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 calls, 1 compared: 1 equal, 0 different.'),
    })
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('BAD_REQUEST', 'OK'))
    expect(await processes.run(replaying, secondary)).toMatchObject({ code: 1 })
    const missing = ['replay', `${path}-`, '--secondary', url]
    expect(await processes.run(missing, secondary)).toMatchObject({
      code: 2,
      output: expect.stringContaining('ENOENT'),
    })
  })
})
