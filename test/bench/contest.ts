/** One piece of work on several servers, in turns, so that what disturbs one disturbs all. */
import type { HydraClient } from './hydra.ts'
import { type Cycle, expectGood, type Figures, measure, openSender, type Sender } from './load.ts'
import { adminToken, type Seeded } from './seed.ts'
import type { Server } from './servers.ts'
import type { Work } from './work.ts'

export interface Contestant {
  name: string
  kind: 'postern' | 'bare' | 'peer' | 'hydra'
  server: Server
  seeded?: Seeded
  hydra?: HydraClient
  senders: Sender[]
}

export interface Settings {
  connections: number
  warmUpSeconds: number
  seconds: number
  rounds: number
}

/** The figures of every round, by the name of the contestant. */
export type Rounds = Map<string, Figures[]>

/** `fields` are further header fields of its calls, each with its line end. */
export function enter(
  entry: Omit<Contestant, 'senders'>,
  connections: number,
  fields = '',
): Contestant {
  const open = () => openSender(entry.server.url, adminToken, fields)
  return { ...entry, senders: Array.from({ length: connections }, open) }
}

const renew = (senders: Sender[]) => {
  for (const { connection } of senders) connection.renew()
}

export async function contest(
  work: Work,
  contestants: Contestant[],
  settings: Settings,
): Promise<Rounds> {
  const [pattern] = contestants.filter(({ kind }) => kind === 'postern')
  for (const { senders } of contestants) renew(senders)
  const recorded = await record(
    pattern?.senders[0],
    pattern?.seeded && work.postern(pattern.seeded),
  )
  const cycles = new Map<Contestant, Cycle>()
  for (const contestant of contestants) {
    const { kind, seeded } = contestant
    const cycle = kind === 'postern' && seeded && work.postern(seeded)
    if (cycle) cycles.set(contestant, cycle)
    if (kind === 'peer' && work.peer) cycles.set(contestant, work.peer())
    if (kind === 'hydra' && work.hydra && contestant.hydra) {
      cycles.set(contestant, work.hydra(contestant.hydra))
    }
    if (kind === 'bare') cycles.set(contestant, await replay(contestant, work.name, recorded))
  }
  return takeTurns(cycles, settings)
}

/**
 * Each does its cycles in each round. The first rounds warm up: caches, chains of refresh tokens,
 * and above all the compilers, which need some five thousand cycles. They are as short as the
 * others: V8 throws away what it has compiled for a server that is idle for minutes.
 */
export async function takeTurns(
  cycles: ReadonlyMap<Contestant, Cycle>,
  settings: Settings,
): Promise<Rounds> {
  const { warmUpSeconds, seconds } = settings
  const warmUps = Math.ceil(warmUpSeconds / seconds)
  const rounds: Rounds = new Map()
  for (let round = 0; round < warmUps + settings.rounds; round++) {
    for (const [{ name, senders, server }, cycle] of cycles) {
      renew(senders)
      const { processorTime } = server
      const figures = await measure(senders, cycle, { ...settings, processorTime })
      if (round >= warmUps) rounds.set(name, [...(rounds.get(name) ?? []), figures])
    }
  }
  return rounds
}

interface Call {
  body: unknown
  answer: string
}

/** What a cycle sends, and what is answered; the second one, for the first may prepare. */
async function record(sender: Sender | undefined, cycle: Cycle | undefined): Promise<Call[]> {
  if (!sender || !cycle) throw new Error('There is no Postern to take answers from.')
  let calls: Call[] = []
  const recording: Sender = {
    connection: sender.connection,
    post: async (path, body) => {
      const answer = await sender.post(path, body)
      calls.push({ body, answer })
      return answer
    },
    get: async (path) => {
      const answer = await sender.get(path)
      calls.push({ body: undefined, answer })
      return answer
    },
  }
  await cycle(recording, 0)
  calls = []
  await cycle(recording, 0)
  return calls
}

/** The same cycle for the bare server: as many requests, the same bodies, the same answers. */
async function replay(bare: Contestant, work: string, calls: Call[]): Promise<Cycle> {
  const name = encodeURIComponent(work)
  const [sender] = bare.senders
  for (const [step, { answer }] of calls.entries()) {
    const path = `/api/${name}/answers/${step}`
    const told = await sender?.connection.send('PUT', path, '', answer)
    expectGood(told?.status ?? 500, path, told?.body ?? '')
  }
  return async (each) => {
    for (const [step, { body }] of calls.entries()) {
      const path = `/api/${name}/calls/${step}`
      const text = body === undefined ? await each.get(path) : await each.post(path, body)
      // Read as an answer of Postern is: the load generator works as hard for either.
      JSON.parse(text)
    }
  }
}
