/** The calls of the secondary: beside those of the primary, in their order, within bounds. */
import { type Outcome, replyOf, type Side } from './calls.ts'
import type { Comparison } from './compare.ts'
import { issuedIn } from './issued.ts'
import type { Memory } from './memory.ts'
import { type Operation, operationOf } from './operations.ts'
import { type Answer, answerOf, compareAnswers, type Reply } from './replies.ts'
import type { Report, Skipped } from './report.ts'
import { type Request, translate } from './translate.ts'
import { isBranch, Parsed, type Tree } from './tree.ts'

export interface Bounds {
  /** Calls of the secondary at a time. */
  readonly inFlight: number
  /** Milliseconds that one may take, and that it may wait for its turn. */
  readonly timeout: number
  /** Calls that may be left, with those in flight: further ones are dropped. */
  readonly waiting: number
}

export interface Parts {
  readonly secondary: Side
  readonly token: string
  readonly memory: Memory
  readonly report: Report
  readonly bounds: Bounds
  readonly comparison: Pick<Comparison, 'tolerance' | 'ignored'>
}

/** What the proxy tells of a call: how the primary answered, or that it did not. */
export type Tell = (reply: Reply | undefined) => void

export interface Second {
  take(request: Request): Tell
  /** Resolves once no call is left. */
  idle(): Promise<void>
}

/** The bytes of requests that are left. */
const maxWaitingBytes = 64 * 1_024 * 1_024

interface Open {
  readonly request: Request
  readonly operation: Operation
  readonly flows: Set<number>
  /** The primary has answered, so that the caller may build on the call. */
  isAnswered: boolean
  readonly answer: Promise<Answer | undefined>
  done: Promise<void>
}

export function createSecond(parts: Parts): Second {
  const { memory, report, bounds } = parts
  const open = new Set<Open>()
  const slots = slotsOf(bounds.inFlight)
  let bytes = 0
  let flow = 0

  /** What the primary issues belongs to the flow of what it was given. */
  function noteIssued(call: Pick<Open, 'flows'>, answer: Answer): Map<string, string> {
    const issued = issuedOf(answer)
    const [given] = call.flows
    flow += 1
    const own = given ?? flow
    call.flows.add(own)
    for (const value of issued.values()) {
      const known = memory.get(value)
      memory.set(value, known ?? { flow: own, secondary: undefined })
    }
    return issued
  }

  async function run(call: Open, before: readonly Promise<void>[]): Promise<void> {
    const outcome = await secondOf(call, before, parts, slots)
    const answer = await call.answer
    if (typeof outcome === 'string' || answer === undefined) {
      const isSkipped = typeof outcome === 'string'
      report.skipped(isSkipped ? outcome : 'no whole answer of the primary')
      return
    }
    learn(call, answer, outcome.answer, memory)
    const { laterBy } = call.request.past ?? {}
    const comparison = { ...parts.comparison, laterBy, isSame: sameBy(memory) }
    const differences = compareAnswers(answer, outcome.answer, comparison)
    const { name: operation, service } = call.operation
    report.compared({ operation, service, isUnknown: outcome.isUnknown, differences })
  }

  return {
    take(request) {
      const operation = operationOf(request.method, request.path)
      const isFull = open.size >= bounds.waiting || bytes + request.body.length > maxWaitingBytes
      if (isFull) {
        report.skipped('dropped')
        return (reply) => reply && noteIssued({ flows: new Set() }, answerOf(reply))
      }
      const flows = new Set(translate(request, memory).flows)
      let tell: (answer: Answer | undefined) => void = () => {}
      const answer = new Promise<Answer | undefined>((resolve) => {
        tell = resolve
      })
      const settled = Promise.resolve()
      const call: Open = { request, operation, flows, isAnswered: false, answer, done: settled }
      const before = [...open].filter((other) => isBefore(other, call)).map(({ done }) => done)
      open.add(call)
      bytes += request.body.length
      call.done = run(call, before)
        .catch(() => report.skipped('not readable'))
        .finally(() => {
          open.delete(call)
          bytes -= request.body.length
        })
      return (reply) => {
        const answer = reply && answerOf(reply)
        if (answer) noteIssued(call, answer)
        call.isAnswered = true
        tell(answer)
      }
    },
    async idle() {
      while (open.size > 0) await Promise.all([...open].map(({ done }) => done))
    },
  }
}

/** Whether a call that is left must be made first: the caller may have built on its answer. */
function isBefore(other: Open, call: Open): boolean {
  if (!other.isAnswered || other.operation.service !== call.operation.service) return false
  if (!other.operation.isStep || !call.operation.isStep) return true
  return [...other.flows].some((flow) => call.flows.has(flow))
}

interface Compared {
  readonly answer: Answer
  readonly isUnknown: boolean
}

async function secondOf(
  call: Open,
  before: readonly Promise<void>[],
  { secondary, token, memory, bounds }: Parts,
  slots: Slots,
): Promise<Compared | Skipped> {
  const { request } = call
  if (before.length > 0 && !(await isDoneWithin(before, bounds.timeout))) return 'late'
  const isConditional = request.headers['if-match'] ?? request.headers['if-none-match']
  if (isConditional !== undefined) {
    // The secondary has versions of its own: the primary decides whether the call has an effect.
    const answer = await call.answer
    if (!answer || answer.status >= 300) return 'condition not met'
  }
  const { path, body, isLost, isBound, isUnknown } = translate(request, memory)
  if (isLost) return 'follows a call that was not compared'
  if (isBound || request.past?.isBound) return 'signed for the primary'
  if (request.past?.isOutdated) return 'signed for another time'
  const release = await slots.take(bounds.timeout)
  if (!release) return 'late'
  try {
    const headers = headersOf(request, token)
    const sent = { method: request.method, path, headers, body }
    const outcome: Outcome = await replyOf(secondary, sent, bounds.timeout)
    if (outcome === 'large') return 'too large'
    return typeof outcome === 'string' ? outcome : { answer: answerOf(outcome), isUnknown }
  } finally {
    release()
  }
}

async function isDoneWithin(calls: readonly Promise<void>[], milliseconds: number) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  const done = Promise.all(calls).then(() => true)
  return await Promise.race([done, late]).finally(() => clearTimeout(timer))
}

/** Fields that mean the same to both servers. */
const passed = ['content-type', 'accept', 'prefer', 'idempotency-key', 'user-agent']

function headersOf({ headers }: Request, token: string): string[] {
  const kept = passed.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [name, String(value)]
  })
  return ['Authorization', `Bearer ${token}`, ...kept]
}

interface Slots {
  /** Resolves to what gives the slot back; undefined if none was free within the milliseconds. */
  take(milliseconds: number): Promise<(() => void) | undefined>
}

function slotsOf(count: number): Slots {
  const waiting = new Set<() => void>()
  let free = count
  const release = () => {
    const [next] = waiting
    if (next) next()
    else free += 1
  }
  return {
    take(milliseconds) {
      if (free > 0) {
        free -= 1
        return Promise.resolve(release)
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(next)
          resolve(undefined)
        }, milliseconds)
        const next = () => {
          waiting.delete(next)
          clearTimeout(timer)
          resolve(release)
        }
        waiting.add(next)
      })
    },
  }
}

const issuedOf = ({ tree, fields }: Answer) => new Map([...issuedIn(tree), ...issuedIn({ fields })])

/** Notes what the secondary issued in place of what the primary did. */
function learn(call: Open, primary: Answer, secondary: Answer, memory: Memory): void {
  const others = issuedOf(secondary)
  const [flow = 0] = call.flows
  for (const [path, value] of issuedOf(primary)) {
    const other = others.get(path)
    if (other === undefined) continue
    const known = memory.get(value)
    if (known?.secondary === undefined) {
      memory.set(value, { flow: known?.flow ?? flow, secondary: other })
    }
  }
  if (!call.operation.createsClient) return
  const [id, other] = [clientIn(primary.tree), clientIn(secondary.tree)]
  if (id !== undefined && other !== undefined) memory.setClient(id, other)
}

/** The identifier of the created client. */
function clientIn(tree: Tree): string | undefined {
  if (!isBranch(tree)) return undefined
  const content = tree['responseContent']
  if (content instanceof Parsed) return clientIn(content.content)
  const id = tree['clientId'] ?? tree['client_id']
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined
}

const sameBy =
  (memory: Memory) =>
  (primary: string, secondary: string): boolean =>
    memory.client(primary) === secondary ||
    memory.service(primary) === secondary ||
    memory.get(primary)?.secondary === secondary
