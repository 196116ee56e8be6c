/** Secrets that can be recognised, and everything that Postern writes searched for them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { credentialKey } from '../support/credentials.ts'
import { serviceKeys } from '../support/keys.ts'
import { type Caller, createCaller } from './caller.ts'
import { type Depth, type Finding, progress, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { claimed, createIssuances, issuing } from './issuances.ts'
import { adminToken, masterKey, serverProcess } from './server-process.ts'
import { runSuites } from './suites.ts'

const secondsOf: Record<Depth, number> = { short: 1, usual: 4, long: 30 }
/** Members of answers, and of what is sent, that are secret. */
const names =
  /^(ticket|authorizationCode|code|accessToken|refreshToken|idToken|clientSecret|cnonce|transactionId|identifier|credential)$/

/** What an answer holds at any depth, also in the text that a wallet gets. */
function* membersIn(value: unknown): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, each] of Object.entries(value)) {
    yield [name, each]
    yield* membersIn(name === 'responseContent' && isJson(each) ? JSON.parse(each) : each)
  }
}
const isJson = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('{')

/** Every secret that the caller tells or is told, by itself. */
function listening(caller: Caller, secrets: Set<string>): Caller {
  return {
    ...caller,
    async api(...call) {
      const answer = await caller.api(...call)
      for (const [name, value] of membersIn(answer?.body)) {
        if (names.test(name) && typeof value === 'string' && value.length >= 16) secrets.add(value)
      }
      return answer
    },
  }
}

const beginningLength = 12

/** As it is, and as it is easily mistaken for something else. */
const formsOf = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
]

/** How many secrets a text holds, wherever they stand in it: columns of a row lie side by side. */
function told(text: string, secrets: Iterable<string>): number {
  const byBeginning = new Map<string, { secret: string; form: string }[]>()
  for (const secret of secrets) {
    for (const form of formsOf(secret)) {
      const beginning = form.slice(0, beginningLength)
      const same = byBeginning.get(beginning) ?? []
      byBeginning.set(beginning, [...same, { secret, form }])
    }
  }
  const found = new Set<string>()
  for (let at = 0; at <= text.length - beginningLength; at++) {
    for (const { secret, form } of byBeginning.get(text.slice(at, at + beginningLength)) ?? []) {
      if (text.startsWith(form, at)) found.add(secret)
    }
  }
  return found.size
}

export async function* secrets(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-secrets-'))
  const server = serverProcess(`file:${join(folder, 'postern.db')}`, {
    POSTERN_LOG_LEVEL: 'trace',
    POSTERN_METRICS_PORT: '0',
  })
  const found = new Set<string>()
  try {
    await server.start()
    const caller = listening(await createCaller(server.url), found)
    for (const secret of [adminToken, masterKey, caller.client.clientSecret]) found.add(secret)
    found.add(claimed)
    for (const key of [...serviceKeys, credentialKey]) {
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
        const value = key[member]
        if (value) found.add(value)
      }
    }
    const history = createHistory('secrets', caller, seeded(seed))
    const issuer = listening(await createCaller(server.url, issuing), found)
    const issuances = await createIssuances('secrets', issuer, seeded(seed))
    const loads = [history.load(4), issuances.load(2)]
    await wait(secondsOf[depth] * 1_000)
    for (const load of loads) await load.stop()
    await history.check()
    await issuances.check()
    const [, at = ''] = /metrics +(\S+)/.exec(server.output()) ?? []
    const metrics = await (await fetch(at)).text()
    // As it was when it had no chance to tidy up.
    await server.kill()
    const files = readdirSync(folder)
    const texts = new Map([
      ['its output', server.output()],
      ['its metrics', metrics],
      ...files.map((file) => [file, readFileSync(join(folder, file), 'latin1')] as const),
    ])
    const [sample = ''] = found
    // The search itself has to find what is there.
    const isSearching = told(`x${sample}y`, found) === 1
    const leaks = [...texts].map(([name, text]) => {
      progress(`secrets: searching ${name}, ${text.length} characters`)
      return { name, count: told(text, found) }
    })
    for (const { name, count } of leaks) {
      if (count > 0) process.stderr.write(`secrets: ${count} in ${name}\n`)
    }
    const count = leaks.reduce((total, leak) => total + leak.count, 0)
    const size = [...texts.values()].reduce((total, text) => total + text.length, 0)
    yield {
      what: `secrets of a server under load, at its most talkative (seed ${seed})`,
      target: 'none in its log, its metrics, its database and the write-ahead log',
      figure:
        `${count} of ${found.size} secrets in ${texts.size} texts, ` +
        `${Math.round(size / 1e6)} MB`,
      pass: count === 0 && isSearching && found.size > 100 && files.includes('postern.db-wal'),
    }
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  const { passed, failed } = await runSuites([
    ...['test/store/secrets-in-clear', 'test/store/at-rest', 'test/system/log'],
  ])
  yield {
    what: 'secrets of every kind, in flows of every kind',
    target: 'none in any table, file, log entry or refusal',
    figure: `${passed} tests passed, ${failed} failed`,
    pass: passed > 10 && failed === 0,
  }
}
