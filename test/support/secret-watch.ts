/**
 * Every test is one of secrets: what the server told in confidence, to whatever test, may afterwards
 * stand in clear neither in its SQLite file, nor in its log, nor in an error's text.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Engine } from '../../src/store/engine.ts'
import type { TestLog } from './system.ts'

/** Members of answers by which somebody may do something. */
const members = [
  ...['accessToken', 'refreshToken', 'jwtAccessToken', 'idToken', 'authorizationCode', 'ticket'],
  ...['clientSecret', 'newClientSecret', 'authReqId', 'deviceCode', 'registrationAccessToken'],
]
/** Shorter ones may be anything; more than so many are not looked for. */
const shortest = 20
const most = 2_000

export interface SecretWatch {
  /** Called with every answer: its status, its text, and its members where it has any. */
  note(status: number, text: string, answer: unknown): void
  /** For a test that itself writes secrets into labels and descriptions. */
  forget(): void
  /** Throws where a secret is in clear. */
  search(engine: Engine, log: TestLog): void
}

export function createSecretWatch(): SecretWatch {
  const secrets = new Set<string>()
  const errors: string[] = []
  return {
    note(status, text, answer) {
      if (status >= 400) errors.push(text)
      if (typeof answer !== 'object' || answer === null) return
      for (const name of members) {
        const value: unknown = Reflect.get(answer, name)
        if (typeof value !== 'string' || value.length < shortest) continue
        if (secrets.size < most) secrets.add(value)
      }
    },
    forget: () => secrets.clear(),
    search(engine, log) {
      const places = {
        ...filesOf(engine),
        log: textOf(log),
        errors: Buffer.from(errors.join('\n')),
      }
      for (const [place, bytes] of Object.entries(places)) {
        for (const secret of secrets) {
          if (!bytes.includes(secret)) continue
          throw new Error(`A secret is in clear in the ${place}: ${secret.slice(0, 8)}…`)
        }
      }
    },
  }
}

/** The database and its write-ahead log, as they lie; PostgreSQL's are searched by a test alone. */
function filesOf({ read }: Engine): Record<string, Buffer> {
  const { $client } = read as { $client?: { name?: string } }
  const path = $client?.name
  if (!path) return {}
  const found = [path, `${path}-wal`].filter((file) => existsSync(file))
  return Object.fromEntries(found.map((file) => [file.replace(/^.*\//, ''), readFileSync(file)]))
}

const textOf = ({ entries }: TestLog): Buffer => Buffer.from(JSON.stringify(entries))
