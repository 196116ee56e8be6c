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

export interface Statements {
  /** The statement in a text, which is read once if it was verified. */
  read(text: string): Statement
  /** Whether a key of the set signed the statement, which is verified once for each key. */
  isSignedBy(statement: Statement, keys: KeySet): Promise<boolean>
}

const mostStatements = 2_000
const mostCharacters = 32 * 1_024 * 1_024
const mostKeys = 8

const known = new WeakMap<System, Statements>()

/** The verified statements of this process. */
export function statementsOf(system: System): Statements {
  const statements = known.get(system) ?? createStatements()
  known.set(system, statements)
  return statements
}

function createStatements(): Statements {
  const verified = new LRUCache<string, Verified>({
    max: mostStatements,
    maxSize: mostCharacters,
    sizeCalculation: (_, text) => text.length,
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
  }
}
