/** Prometheus metrics of a process: what the calls, the store and the outboxes tell. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import { currentTrace } from '../../explain/trace.ts'
import { type Call, overloaded } from '../../http/transport.ts'
import type { NotificationKind } from '../../model/notification.ts'
import { guesses } from '../../refusal.ts'
import { type Signal, signals } from '../../signal.ts'
import type { DueRows } from '../../store/purge.ts'
import type { Clock } from '../../system/clock.ts'
import type { ProviderWatch } from '../../system/providers/guarded-provider.ts'
import { type Collectors, createInstruments, type Instruments } from './instruments.ts'

export interface Metrics {
  observe(call: Call): void
  /** Counts the calls to the key provider of this name. */
  watchProvider(name: string): ProviderWatch
  readonly instruments: Instruments
  /** Gauges have no value before. */
  readFrom(sources: Sources): void
  /** The exposition format of Prometheus. */
  readonly contentType: string
  text(): Promise<string>
}

/** What is read when the metrics are. */
export interface Sources {
  clock: Clock
  /** The version of the package. */
  version: string
  inFlight(): number
  /** How many notifications wait, and when the oldest was stored. */
  waiting(kind: 'logout' | 'event' | 'security-event' | NotificationKind): Promise<Waiting>
  /** In milliseconds. */
  sweepLag(): Promise<number>
  sweepDue(): Promise<DueRows[]>
}

export interface Waiting {
  count: number
  oldest: number | null
}

/** Codes that are not in `resultCodes` are counted as "other". */
export function createMetrics(
  resultCodes: { has(code: string): boolean },
  given?: Sources,
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  let sources = given
  const instruments: Instruments = createInstruments(
    registry,
    collectors(
      () => sources,
      () => instruments,
    ),
  )
  beginAtZero(instruments)
  listen(instruments)
  const { calls, callSeconds, ignoredMembers, overload } = instruments
  return {
    instruments,
    watchProvider: (name) => watchProvider(instruments, name),
    observe({ operation = 'none', action = '', resultCode = '', milliseconds, ignored }) {
      const isListed = resultCode === '' || resultCodes.has(resultCode)
      const labels = {
        operation,
        action: /^[A-Z][A-Z_]*$|^$/.test(action) ? action : 'other',
        result_code: isListed ? resultCode : 'other',
      }
      calls.inc(labels)
      if (resultCode === overloaded.code) overload.inc()
      if (ignored > 0) ignoredMembers.inc({ operation }, ignored)
      callSeconds.observe(labels, milliseconds / 1_000)
    },
    readFrom(these) {
      sources = these
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

const outboxes = ['logout', 'ciba', 'token-batch', 'event', 'security-event'] as const

/** A gauge has no value while the database does not answer. */
function collectors(sources: () => Sources | undefined, to: () => Instruments): Collectors {
  // One query for both gauges.
  let reading: ReturnType<typeof readAll> | undefined
  const readAll = () => Promise.all(outboxes.map(waiting))
  const waiting = async (kind: (typeof outboxes)[number]) => {
    const found = await Promise.resolve(sources()?.waiting(kind)).catch(() => undefined)
    return { kind, found }
  }
  const read = () => {
    reading ??= readAll().finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    buildInfo() {
      const { version = '' } = sources() ?? {}
      to().buildInfo.set({ version, node: process.version }, 1)
    },
    inFlight() {
      to().inFlight.set(sources()?.inFlight() ?? Number.NaN)
    },
    async outboxPending() {
      for (const { kind, found } of await read()) {
        to().outboxPending.set({ kind }, found?.count ?? Number.NaN)
      }
    },
    async outboxOldest() {
      const now = sources()?.clock() ?? Number.NaN
      for (const { kind, found } of await read()) {
        const age = found ? Math.max(0, now - (found.oldest ?? now)) / 1_000 : Number.NaN
        to().outboxOldest.set({ kind }, age)
      }
    },
    async sweepLag() {
      const lag = await Promise.resolve(sources()?.sweepLag()).catch(() => undefined)
      to().sweepLag.set((lag ?? Number.NaN) / 1_000)
    },
    async sweepDue() {
      const due = await Promise.resolve(sources()?.sweepDue()).catch(() => undefined)
      to().sweepDue.reset()
      for (const { table, rows } of due ?? []) to().sweepDue.set({ table }, rows)
    },
  }
}

/** A dry run leaves no trace, not even in metrics. */
function hear<A extends unknown[]>(signal: Signal<A>, count: (...happening: A) => void): void {
  signal.hear((...happening) => {
    if (!currentTrace()?.isRehearsal) count(...happening)
  })
}

/** The increase from a series that is not there yet is unknown, so that no alert would see it. */
function beginAtZero({ refreshReplays, deliveries, keyTasks }: Instruments): void {
  for (const outcome of ['retry', 'revoked']) refreshReplays.inc({ outcome }, 0)
  for (const outcome of ['done', 'failed']) keyTasks.inc({ outcome }, 0)
  for (const kind of outboxes) deliveries.inc({ kind, outcome: 'dead' }, 0)
}

function listen(to: Instruments): void {
  guesses.subscribe((message) => {
    if (currentTrace()?.isRehearsal) return
    const { kind, throttled } = message as { kind: string; throttled: boolean }
    to.wrongCredentials.inc({ kind, throttled: String(throttled) })
  })
  hear(signals.document, (kind, outcome) => to.documents.inc({ kind, outcome }))
  hear(signals.committedTogether, (commits) => to.commitBatch.observe(commits))
  hear(signals.signed, (alg, seconds) => to.signSeconds.observe({ alg }, seconds))
  hear(signals.idTokenIssued, (type) => to.tokens.inc({ grant_type: type, kind: 'id_token' }))
  hear(signals.refreshRetried, () => to.refreshReplays.inc({ outcome: 'retry' }))
  hear(signals.delivered, (kind, outcome) => to.deliveries.inc({ kind, outcome }))
  hear(signals.eventsDropped, (events) => to.eventsDropped.inc(events))
  hear(signals.swept, (table, rows) => to.sweepRows.inc({ table }, rows))
  hear(signals.keyTask, (outcome) => to.keyTasks.inc({ outcome }))
  hear(signals.auditLost, (records) => to.auditFailures.inc(records))
  hear(signals.clientAuthenticated, (method, outcome) =>
    to.clientAuthentication.inc({ method: method || 'unknown', outcome }),
  )
}

/** Calls to key providers, and their breakers. No key, handle or service is in a label. */
function watchProvider(to: Instruments, hsm: string): ProviderWatch {
  to.hsmBreaker.set({ hsm }, 0)
  return {
    called(operation, result, milliseconds) {
      to.hsmOperations.inc({ hsm, operation, result })
      if (result !== 'rejected') to.hsmSeconds.observe({ hsm, operation }, milliseconds / 1_000)
    },
    breaker: (isOpen) => to.hsmBreaker.set({ hsm }, Number(isOpen)),
  }
}
