/**
 * The steps of one attempt: it is claimed, sent, and its outcome is stored. The claim stores when
 * the next attempt is due, so that no delivery is lost and no other process makes the same attempt.
 */
import { orRefuse } from '../store/engine.ts'
import type { Outcomes } from '../store/outbox/outcomes.ts'
import type { Store } from '../store/store.ts'
import { type Fetch, FetchError } from '../system/fetch.ts'
import type { Random } from '../system/random.ts'
import { type DeliveryFailure, nextAttemptAt, type Patience } from './retry.ts'

const attemptMilliseconds = 3_000
/** What is read of an answer; more is an answer, too. */
const answerBytes = 65_536
/** Longer than an attempt takes, so that two attempts never overlap. */
const nextAttemptMilliseconds = 10_000

/** Another process has started the attempt. */
export class TakenError extends Error {}

interface Row {
  serviceId: number
  attempts: number
  dueAt: number | null
  giveUpAt: number
}

type Committing = Pick<Store, 'commit'>

/** Stores that an attempt begins. */
export async function claim<K, R extends Row & K>(
  store: Committing,
  outbox: Outcomes<K>,
  row: R,
  now: number,
): Promise<R> {
  const attempts = row.attempts + 1
  const dueAt = now + nextAttemptMilliseconds
  const begun = outbox.attempt(row, { seen: row.dueAt ?? 0, attempts, dueAt })
  await store.commit(orRefuse(begun, new TakenError()))
  return { ...row, attempts, dueAt }
}

interface Posted {
  serviceId: number
  /** Names the request in the log and in errors. */
  purpose: string
  headers: Record<string, string>
  /** The media type that the answer should have. */
  accept?: string
  body: string
}

/** An answer with a status from 200 to 299 counts as success, even if it cannot be read. */
export async function post(
  fetch: Fetch,
  url: string,
  posted: Posted,
): Promise<FetchError | undefined> {
  try {
    const bounds = { timeoutMs: attemptMilliseconds, maxBytes: answerBytes }
    await fetch(url, { ...posted, method: 'POST', ...bounds })
    return undefined
  } catch (error) {
    if (!(error instanceof FetchError)) throw error
    return ['too-large', 'encoding'].includes(error.reason) ? undefined : error
  }
}

interface Ended {
  /** Absent: it was delivered. */
  failure: DeliveryFailure | undefined
  now: number
  /** How long the row is kept from now on, if nothing is left to do. */
  keptUntil: number
  patience: Patience
  random: Random
}

/** What became of an attempt. A row that was deleted since is touched by no write. */
export async function storeOutcome<K>(
  store: Committing,
  outbox: Outcomes<K>,
  row: Row & K,
  { failure, now, keptUntil, patience, random }: Ended,
): Promise<'delivered' | 'retried' | 'dead'> {
  const finished = { finishedAt: now, keptUntil }
  if (!failure) {
    await store.commit(outbox.delivered(row, { ...finished, lastStatus: null, lastError: null }))
    return 'delivered'
  }
  const answer = { lastStatus: failure.status ?? null, lastError: failure.reason }
  const { attempts, giveUpAt } = row
  const chance = random.integer(1_000) / 1_000
  const dueAt = nextAttemptAt(failure, { attempts, now, giveUpAt, chance }, patience)
  await store.commit(
    dueAt === undefined
      ? outbox.givenUp(row, attempts, { ...finished, ...answer })
      : outbox.again(row, attempts, { ...answer, dueAt }),
  )
  return dueAt === undefined ? 'dead' : 'retried'
}
