/**
 * The trace of a call whose caller prefers an explanation: the steps of its script with their
 * facts, and the rules that it passed. Scripts and rules note them wherever they are; the context
 * of the call is followed only while such a call is in flight, because that slows down every await.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { bounded, type Shown } from './evidence.ts'

export type Facts = Record<string, unknown>

export interface Step {
  step: string
  /** Codes of the rules that were passed. */
  passed?: string[]
  facts?: Record<string, Shown>
  /** The code of the rule that was not passed. */
  refused?: string
}

export interface Trace {
  readonly steps: Step[]
  /** The steps of the script, as far as known. */
  readonly planned: Set<string>
  /** Facts that were told. */
  readonly noted: Set<unknown>
  /** Whether values that name a person are shown. */
  readonly showsSubject: boolean
  /** The call is a dry run. */
  readonly isRehearsal: boolean
  /** The last refusal that was answered. */
  refused?: Error
}

const mostSteps = 100
const mostPassed = 200
const mostListeners = 8

const storage = new AsyncLocalStorage<Trace>()
let listeners = 0
/** The trace of work that awaits nothing. */
let atOnce: Trace | undefined

/** Whether one more call can be explained. */
export const mayListen = (): boolean => listeners < mostListeners

export const newTrace = (showsSubject: boolean, isRehearsal = false): Trace => ({
  steps: [],
  planned: new Set(),
  noted: new Set(),
  showsSubject,
  isRehearsal,
})

/** Does the work, and what it awaits, with the trace as its own. */
export async function traced<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
  listeners += 1
  try {
    return await storage.run(trace, work)
  } finally {
    listeners -= 1
    if (listeners === 0) storage.disable()
  }
}

/** The same for work that awaits nothing, which costs less. */
export function tracedAtOnce<T>(trace: Trace, work: () => T): T {
  const before = atOnce
  atOnce = trace
  try {
    return work()
  } finally {
    atOnce = before
  }
}

/** The trace of this call, if it is explained. */
export const currentTrace = (): Trace | undefined =>
  atOnce ?? (listeners === 0 ? undefined : storage.getStore())

/** The steps that follow, for what was not reached. */
export function plan(...steps: readonly string[]): void {
  const trace = currentTrace()
  if (!trace) return
  for (const each of steps) trace.planned.add(each)
}

/** A step of the script begins, or gets further facts. */
export function step(name: string, facts?: () => Facts): void {
  const trace = currentTrace()
  if (!trace) return
  const last = trace.steps.at(-1)
  const isNew = last?.step !== name
  if (isNew && trace.steps.length >= mostSteps) return
  const current: Step = isNew ? { step: name } : last
  if (isNew) trace.steps.push(current)
  if (!facts) return
  tell(current, boundedFacts(facts()))
}

/** The facts are an object of this call: a copy of it would cost more than all of its members. */
function boundedFacts(facts: Facts): Record<string, Shown> {
  const told = facts as Record<string, Shown>
  for (const name of Object.keys(told)) {
    const shown = bounded(told[name], 1)
    if (shown !== told[name]) told[name] = shown
  }
  return told
}

function tell(step: Step, told: Record<string, Shown>): void {
  if (step.facts) Object.assign(step.facts, told)
  else step.facts = told
}

/** The refusal that becomes the answer. */
export function noteRefused(refused: Error, code: string): void {
  const trace = currentTrace()
  if (!trace) return
  trace.refused = refused
  const last = trace.steps.at(-1)
  if (last) last.refused = code
}

/** Facts about the current step, each told once in a trace. */
export function note(facts: () => Facts): void {
  const trace = currentTrace()
  const last = trace?.steps.at(-1)
  if (!trace || !last) return
  const told = boundedFacts(facts())
  const text = JSON.stringify(told)
  if (trace.noted.has(text)) return
  trace.noted.add(text)
  tell(last, told)
}

/** Facts that are shown as they are, and are kept for many calls. */
export function noteShown(shown: () => Readonly<Record<string, Shown>>): void {
  const trace = currentTrace()
  const last = trace?.steps.at(-1)
  if (!trace || !last) return
  const told = shown()
  if (trace.noted.has(told)) return
  trace.noted.add(told)
  if (Object.keys(told).length > 0) tell(last, { ...told })
}

/** A rule was passed. */
export function notePassed(code: string): void {
  const last = currentTrace()?.steps.at(-1)
  if (!last) return
  last.passed ??= []
  if (last.passed.length < mostPassed && !last.passed.includes(code)) last.passed.push(code)
}
