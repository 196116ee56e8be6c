/**
 * The trace of a call whose caller prefers an explanation: the steps of its script with their
 * facts, and the rules that it passed. Scripts and rules note them wherever they are; the context
 * of the call is followed only while such a call is in flight, because that slows down every await.
 * V8 tells when promises are made and continued; AsyncLocalStorage of Node 20 also follows what is
 * no promise, and costs twice as much.
 */
import { promiseHooks } from 'node:v8'
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
  /** The steps of the script, as far as known; some are in it more than once. */
  readonly planned: string[]
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

/** The trace of a promise: its continuations are work of that call. */
const ofPromise = Symbol('trace')
type Followed = Promise<unknown> & { [ofPromise]?: Trace }

let listeners = 0
/** The trace of the work that runs now. */
let current: Trace | undefined
let stopFollowing: (() => void) | undefined

const hooks = {
  init(promise: Followed) {
    if (current) promise[ofPromise] = current
  },
  before(promise: Followed) {
    current = promise[ofPromise]
  },
  after() {
    current = undefined
  },
}

/** Whether one more call can be explained. */
export const mayListen = (): boolean => listeners < mostListeners

export const newTrace = (showsSubject: boolean, isRehearsal = false): Trace => ({
  steps: [],
  planned: [],
  noted: new Set(),
  showsSubject,
  isRehearsal,
})

/** Does the work, and what it awaits, with the trace as its own. */
export async function traced<T>(trace: Trace, work: () => Promise<T>): Promise<T> {
  listeners += 1
  stopFollowing ??= promiseHooks.createHook(hooks) as () => void
  try {
    return await tracedAtOnce(trace, work)
  } finally {
    listeners -= 1
    if (listeners === 0) {
      stopFollowing?.()
      stopFollowing = undefined
      current = undefined
    }
  }
}

/** The same for work that awaits nothing. */
export function tracedAtOnce<T>(trace: Trace, work: () => T): T {
  const before = current
  current = trace
  try {
    return work()
  } finally {
    current = before
  }
}

/** The trace of this call, if it is explained. */
export const currentTrace = (): Trace | undefined => current

/** The steps that follow, for what was not reached. */
export function plan(...steps: readonly string[]): void {
  const trace = currentTrace()
  if (!trace) return
  trace.planned.push(...steps)
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
