/** Load on one server: so many connections, each with one cycle after another, for so long. */
import { Connection } from './connection.ts'

/** What a cycle of requests is sent by. */
export interface Sender {
  /** POST of JSON as a caller of the API sends it; the answer has to be a good one. */
  post(path: string, body: unknown): Promise<string>
  get(path: string): Promise<string>
  /** Any request, for what is not an API. */
  readonly connection: Connection
}

/** One unit of work, as a client of the server does it; `turn` counts them. */
export type Cycle = (sender: Sender, turn: number) => Promise<void>

export interface Figures {
  /** Cycles per second. */
  rate: number
  p50: number
  p99: number
  /** Milliseconds of the server's processor for a cycle; NaN where the system does not tell. */
  processor: number
  /** The share of one core that the load generator needed: near 1 it is the limit. */
  generator: number
}

export interface Load {
  connections: number
  seconds: number
  /** Milliseconds of processor time that the server has used since it started. */
  processorTime: () => number
}

export async function measure(senders: Sender[], cycle: Cycle, load: Load): Promise<Figures> {
  const times: number[] = []
  let turn = 0
  const used = load.processorTime()
  const ours = process.cpuUsage()
  const started = performance.now()
  const end = started + load.seconds * 1_000
  await Promise.all(
    senders.slice(0, load.connections).map(async (sender) => {
      for (let before = performance.now(); before < end; ) {
        await cycle(sender, turn++)
        const after = performance.now()
        times.push(after - before)
        before = after
      }
    }),
  )
  const elapsed = performance.now() - started
  const processor = (load.processorTime() - used) / times.length
  const { user, system } = process.cpuUsage(ours)
  const generator = (user + system) / 1_000 / elapsed
  times.sort((a, b) => a - b)
  const at = (part: number) => times[Math.floor(times.length * part)] ?? Number.NaN
  const rate = (times.length * 1_000) / elapsed
  return { rate, p50: at(0.5), p99: at(0.99), processor, generator }
}

/** `more` are further header fields, each with its line end. */
export function openSender(url: string, token: string, more = ''): Sender {
  const connection = new Connection(url)
  const bearer = `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n${more}`
  return {
    connection,
    async post(path, body) {
      const answer = await connection.send('POST', path, bearer, JSON.stringify(body))
      return expectGood(answer.status, path, answer.body)
    },
    async get(path) {
      const answer = await connection.send('GET', path, bearer)
      return expectGood(answer.status, path, answer.body)
    },
  }
}

export function expectGood(status: number, path: string, body: string): string {
  if (status >= 400) throw new Error(`${path} answered ${status}: ${body.slice(0, 300)}`)
  return body
}

/** An answer of Postern, which has to have the action that the work expects. */
export function expectAction(body: string, action: string): Record<string, unknown> {
  const answer = JSON.parse(body) as Record<string, unknown>
  if (answer['action'] !== action) throw new Error(`Not ${action}: ${body.slice(0, 300)}`)
  return answer
}
