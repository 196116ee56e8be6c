/**
 * After every test, secrets that the server returned must not be in clear in its SQLite file, its
 * log, the text of an error or an explanation.
 */
import { existsSync, readFileSync } from 'node:fs'
import type { Engine } from '../../src/store/engine.ts'
import type { TestLog } from './system.ts'

/** Members of responses that are credentials. */
const members = [
  ...['accessToken', 'refreshToken', 'jwtAccessToken', 'idToken', 'authorizationCode', 'ticket'],
  ...['clientSecret', 'newClientSecret', 'authReqId', 'deviceCode', 'registrationAccessToken'],
]
/** Shorter values can occur by chance, and the number of searched secrets is limited. */
const shortest = 20
const most = 2_000

export interface SecretWatch {
  /** Called with every response: its status, its text, and its members if it is JSON. */
  note(status: number, text: string, answer: unknown): void
  /** For tests that write secrets into labels and descriptions themselves. */
  forget(): void
  /** Throws if a secret is found in clear. */
  search(engine: Engine, log: TestLog): void
}

export function createSecretWatch(): SecretWatch {
  const secrets = new Set<string>()
  const errors: string[] = []
  const explanations: string[] = []
  return {
    note(status, text, answer) {
      if (status >= 400) errors.push(text)
      if (typeof answer !== 'object' || answer === null) return
      const explanation: unknown = Reflect.get(answer, 'explanation')
      if (explanation !== undefined) explanations.push(JSON.stringify(explanation))
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
        explanations: Buffer.from(explanations.join('\n')),
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

/** The SQLite database and its write-ahead log as bytes. One test searches PostgreSQL. */
function filesOf({ read }: Engine): Record<string, Buffer> {
  const { $client } = read as { $client?: { name?: string } }
  const path = $client?.name
  if (!path) return {}
  const found = [path, `${path}-wal`].filter((file) => existsSync(file))
  return Object.fromEntries(found.map((file) => [file.replace(/^.*\//, ''), readFileSync(file)]))
}

const textOf = ({ entries }: TestLog): Buffer => Buffer.from(JSON.stringify(entries))
