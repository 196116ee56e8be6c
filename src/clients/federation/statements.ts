/**
 * Entity statements whose signature was verified. They are shared by all services: which trust
 * anchors and policies a service accepts is judged again for each chain.
 */
import { LRUCache } from 'lru-cache'
import type { KeySet } from '../../jose/key-set.ts'
import {
  isSignedBy,
  readStatement,
  type Statement,
} from '../../oauth/federation/entity-statement.ts'
import type { System } from '../../system/system.ts'

interface Verified {
  statement: Statement
  /** The keys that verified it, as JSON text. */
  by: Set<string>
}

/** A statement that was fetched. */
export interface Kept {
  statement: Statement
  /** Until when it is not fetched again, in milliseconds since the Unix epoch. */
  freshUntil: number
}

export interface Statements {
  /** The statement in a text, which is read once if it was verified. */
  read(text: string): Statement
  /** Whether a key of the set signed the statement, which is verified once for each key. */
  isSignedBy(statement: Statement, keys: KeySet): Promise<boolean>
  /** What was fetched from a source and has not expired. */
  kept(source: string, now: number): Kept | undefined
  /** Keeps a verified statement for half of its life, at most for a day. */
  keep(source: string, statement: Statement, now: number): void
}

const mostStatements = 2_000
const mostCharacters = 32 * 1_024 * 1_024
const mostKeys = 8
const day = 86_400_000

const known = new WeakMap<System, Statements>()

/** The verified statements of this process. */
export function statementsOf(system: System): Statements {
  const statements = known.get(system) ?? createStatements()
  known.set(system, statements)
  return statements
}

function createStatements(): Statements {
  const limits = { max: mostStatements, maxSize: mostCharacters }
  const verified = new LRUCache<string, Verified>({
    ...limits,
    sizeCalculation: (_, text) => text.length,
  })
  const fetched = new LRUCache<string, Kept>({
    ...limits,
    sizeCalculation: ({ statement }, source) => statement.text.length + source.length,
  })

  async function verify(statement: Statement, keys: KeySet): Promise<boolean> {
    const { text, keyId, claims } = statement
    const key = JSON.stringify(keys.keys.filter(({ kid }) => kid === keyId))
    const before = verified.get(text)
    if (before?.by.has(key)) return true
    if (!(await isSignedBy(statement, keys))) return false
    // A registration has an audience, and is read by other rules.
    if (claims['aud'] !== undefined) return true
    const { by } = verified.get(text) ?? { by: new Set<string>() }
    if (by.size < mostKeys) by.add(key)
    verified.set(text, { statement: before?.statement ?? statement, by })
    return true
  }

  return {
    read: (text) => verified.get(text)?.statement ?? readStatement(text),
    isSignedBy: verify,
    kept(source, now) {
      const found = fetched.get(source)
      return found && found.statement.expiresAt > now ? found : undefined
    },
    keep(source, statement, now) {
      const life = Math.min(day, (statement.expiresAt - now) / 2)
      fetched.set(source, { statement, freshUntil: now + life })
    },
  }
}
