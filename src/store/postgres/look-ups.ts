/**
 * Look-ups of one turn of the event loop, as one statement of each kind, all on one connection:
 * most of what a look-up costs is its way to the server and back. A look-up never joins a statement
 * that was sent before it was asked, so it finds whatever was committed before.
 */
import type pg from 'pg'
import { isUnavailable } from '../unavailable.ts'
import { arraysOf, isLookUp, lookUpOfMany, most, typeOf } from './many.ts'
import { ask, type Connection, type PostgresPool, staleMilliseconds } from './pool.ts'
import { byTurn } from './turn.ts'

interface Found {
  rows: unknown[][]
}
interface Asked {
  query: pg.QueryConfig & { name: string }
  values: unknown[]
  resolve(found: Found): void
  reject(error: unknown): void
}
/** What is asked with the same values is one question. */
type Question = [Asked, ...Asked[]]

export interface LookUps {
  /** Undefined for a query that is not such a look-up. */
  find(query: pg.QueryConfig, values: unknown[]): Promise<Found> | undefined
  flush(): void
}

export function lookUpsByTurn(pool: PostgresPool): LookUps {
  const known = new Map<string, boolean>()
  const turn = byTurn<Asked>((asked) => void askAll(pool, asked))

  function isKnown({ name, text }: pg.QueryConfig): boolean {
    if (name === undefined) return false
    const found = known.get(name)
    if (found !== undefined) return found
    const isOne = isLookUp(text)
    known.set(name, isOne)
    return isOne
  }

  return {
    find(query, values) {
      if (!isKnown(query) || values.some((value) => typeOf(value) === undefined)) return undefined
      return new Promise((resolve, reject) => {
        turn.add({ query: query as Asked['query'], values, resolve, reject })
      })
    },
    flush: turn.flush,
  }
}

async function askAll(pool: PostgresPool, asked: Asked[]): Promise<void> {
  let client: Connection
  try {
    client = await pool.acquire()
  } catch (error) {
    for (const { reject } of asked) reject(error)
    return
  }
  const broken = await Promise.all(kindsOf(asked).map((kind) => answer(pool, client, kind)))
  client.release(broken.find((error) => error !== undefined))
}

/** The questions of each kind, in parts of bounded size. */
function kindsOf(asked: readonly Asked[]): Question[][] {
  const kinds = new Map<string, Map<string, Question>>()
  for (const each of asked) {
    const types = each.values.map(typeOf).join()
    const kind = `${each.query.name} ${types}`
    const questions = kinds.get(kind) ?? new Map<string, Question>()
    kinds.set(kind, questions)
    const key = JSON.stringify(each.values)
    const same = questions.get(key)
    if (same) same.push(each)
    else questions.set(key, [each])
  }
  return [...kinds.values()].flatMap((questions) => partsOf([...questions.values()]))
}

function partsOf<T>(all: T[]): T[][] {
  const count = Math.ceil(all.length / most)
  return Array.from({ length: count }, (_, part) => all.slice(part * most, (part + 1) * most))
}

/** Returns why the connection is of no more use, where it is not. */
async function answer(
  pool: PostgresPool,
  client: Connection,
  questions: Question[],
): Promise<Error | undefined> {
  const started = performance.now()
  try {
    const found = await findAll(pool, client, questions)
    for (const [place, askers] of questions.entries()) {
      for (const { resolve } of askers) resolve({ rows: found[place] ?? [] })
    }
    return undefined
  } catch (error) {
    const isBroken = isUnavailable(error)
    // The values of one must not be felt by others, nor a connection that was stale.
    const isAskedAgain = isBroken
      ? performance.now() - started < staleMilliseconds
      : questions.length > 1
    for (const { query, values, resolve, reject } of questions.flat()) {
      if (isAskedAgain) pool.ask(query, values).then(resolve, reject)
      else reject(error)
    }
    return isBroken ? (error as Error) : undefined
  }
}

/** The rows of each question. */
async function findAll(
  pool: PostgresPool,
  client: Connection,
  questions: Question[],
): Promise<unknown[][][]> {
  const [[{ query, values }]] = questions as [Question]
  const { name, ...unnamed } = query
  if (questions.length === 1) {
    return [(await ask(client, { ...unnamed, ...pool.named(name) }, values)).rows]
  }
  const types = values.map((value) => typeOf(value) ?? 'text')
  const { rows } = await ask(
    client,
    {
      ...unnamed,
      ...pool.named(`${name} of many ${types}`),
      text: lookUpOfMany(query.text, types),
    },
    arraysOf(questions.map(([asked]) => asked.values)),
  )
  const found: unknown[][][] = questions.map(() => [])
  for (const row of rows) found[(row.at(-1) as number) - 1]?.push(row)
  return found
}
