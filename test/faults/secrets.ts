/** Secrets that can be recognised, and everything that Postern writes searched for them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { serviceKeys } from '../support/keys.ts'
import { type Caller, createCaller } from './caller.ts'
import { type Depth, type Finding, progress, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { adminToken, masterKey, serverProcess } from './server-process.ts'
import { runSuites } from './suites.ts'

const secondsOf: Record<Depth, number> = { short: 1, usual: 4, long: 30 }
/** Members of answers, and of what is sent, that are secret. */
const names = /^(ticket|authorizationCode|code|accessToken|refreshToken|idToken|clientSecret)$/

/** Every secret that the caller tells or is told, by itself. */
function listening(caller: Caller, secrets: Set<string>): Caller {
  return {
    ...caller,
    async api(...call) {
      const answer = await caller.api(...call)
      for (const [name, value] of Object.entries(answer?.body ?? {})) {
        if (names.test(name) && typeof value === 'string' && value.length >= 16) secrets.add(value)
      }
      return answer
    },
  }
}

/** As it is, and as it is easily mistaken for something else. */
const formsOf = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
]

/** Runs of characters that secrets are made of: what is looked up, instead of read for each. */
const wordsOf = (text: string) => new Set(text.match(/[\w.-]{16,}/g) ?? [])

/** How many secrets a text holds. A secret may stand between other characters of its kind. */
function told(text: string, secrets: Set<string>, few: string[]): number {
  const words = wordsOf(text)
  const whole = [...secrets].filter((secret) => formsOf(secret).some((form) => words.has(form)))
  return (
    whole.length + few.filter((each) => formsOf(each).some((form) => text.includes(form))).length
  )
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
    const few = [adminToken, masterKey, String(caller.client.clientSecret)]
    for (const key of serviceKeys) {
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) {
        const value = key[member]
        if (value) few.push(value)
      }
    }
    const history = createHistory('secrets', caller, seeded(seed))
    const load = history.load(4)
    await wait(secondsOf[depth] * 1_000)
    await load.stop()
    await history.check()
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
    const isSearching = told(`"x":"${sample}"`, found, few) === 1
    const leaks = [...texts].map(([name, text]) => {
      progress(`secrets: searching ${name}, ${text.length} characters`)
      return { name, count: told(text, found, few) }
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
        `${count} of ${found.size + few.length} secrets in ${texts.size} texts, ` +
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
