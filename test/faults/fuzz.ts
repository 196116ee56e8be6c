/** Malformed requests without end, at a server that is a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Pool } from 'undici'
import type { Json } from '../support/server.ts'
import { authorizationParameters, createCaller } from './caller.ts'
import { type Depth, type Finding, progress, seeded } from './findings.ts'
import {
  bodyFor,
  contentTypes,
  encode,
  hostile,
  operations,
  operationsWithQuery,
  parametersOf,
  pathOf,
  problemOf,
} from './malformed.ts'
import { adminToken, serverProcess } from './server-process.ts'

const requestsOf: Record<Depth, number> = { short: 5_000, usual: 50_000, long: 1_000_000 }
const connections = 32
const heapMebibytes = 192
/** Bodies of one operation that are made at a time. */
const samples = 40

interface Malformed {
  /** The template of its path, by which its answer is judged. */
  template: string
  method: string
  path: string
  contentType: string
  body: Buffer | undefined
}

/** Requests by the seed, without end: some as they were made, others with a few bytes changed. */
function* malformed(serviceId: number, client: Json, seed: number): Generator<Malformed> {
  const random = seeded(seed)
  const below = (count: number) => Math.floor(random() * count)
  const parameters = parametersOf(client)
  const raw = fc.tuple(parameters, fc.boolean()).map(([text, isWhole]) => ({
    parameters: (isWhole ? `${authorizationParameters(client)}&` : '') + text,
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  }))
  const queries = operationsWithQuery.map(({ path, method, query }) => {
    const names = [...Object.keys(query?.shape ?? {}), 'unknown']
    const one = fc.tuple(fc.constantFrom(...names), fc.oneof(hostile, fc.integer().map(String)))
    const text = fc
      .array(one, { maxLength: 4 })
      .map((given) => given.map(([name, value]) => `${name}=${encode(value)}`).join('&'))
    return { path, method, text }
  })
  const bodies = operations.map(({ path, method }) => ({
    ...{ path, method, anything: bodyFor(path, method, parameters) },
  }))

  function changed(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes)
    for (let count = below(4) + 1; count > 0 && copy.length > 0; count--) {
      copy[below(copy.length)] = below(256)
    }
    return random() < 0.3 ? copy.subarray(0, below(copy.length + 1)) : copy
  }

  for (let round = 0; ; round++) {
    const options = { numRuns: samples, seed: seed + round }
    const types = fc.sample(contentTypes, { numRuns: 500, seed: seed + round })
    for (const { path: template, method, anything } of bodies) {
      const path = pathOf(template, serviceId, client)
      const isRaw = /auth\/(authorization|token|revocation)$|pushed|backchannel|device/.test(path)
      const made = [...fc.sample(anything, options), ...(isRaw ? fc.sample(raw, options) : [])]
      for (const value of made) {
        const whole = Buffer.from(JSON.stringify(value))
        const common = { template, method: method.toUpperCase(), path }
        yield { ...common, contentType: 'application/json', body: whole }
        const contentType = random() < 0.7 ? 'application/json' : (types[below(500)] ?? '')
        yield { ...common, contentType, body: changed(whole) }
      }
    }
    for (const { path: template, method, text } of queries) {
      const path = pathOf(template, serviceId, client)
      if (method === 'delete') continue
      for (const query of fc.sample(text, options)) {
        const url = `${path}?${query}`.replace(/[^\x21-\x7e]/gu, percentEncoded)
        const common = { template, method: method.toUpperCase(), contentType: '' }
        yield { ...common, path: url, body: undefined }
      }
    }
  }
}

/** Of any characters, those that are no text included. */
const percentEncoded = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

export async function* fuzz(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-fuzz-'))
  const server = serverProcess(`file:${join(folder, 'postern.db')}`, {
    POSTERN_LOG_LEVEL: 'error',
    // Caches take a share of the heap: a small one is soon full, and a leak would burst it.
    NODE_OPTIONS: `--max-old-space-size=${heapMebibytes}`,
  })
  const wanted = requestsOf[depth]
  const problems: string[] = []
  const statuses = new Map<number, number>()
  try {
    await server.start()
    const caller = await createCaller(server.url)
    const serviceId = Number(caller.path('').split('/').at(-1))
    const requests = malformed(serviceId, caller.client, seed)
    const pool = new Pool(server.url(), {
      ...{ connections, pipelining: 1, headersTimeout: 10_000, bodyTimeout: 10_000 },
    })
    let [sent, early] = [0, 0]
    let slowest = { milliseconds: 0, call: '' }

    async function send({ template, method, path, contentType, body }: Malformed): Promise<void> {
      const started = performance.now()
      const headers: Record<string, string> = { authorization: `Bearer ${adminToken}` }
      if (contentType) headers['content-type'] = contentType
      const tell = (what: string) => {
        problems.push(what)
        if (problems.length > 20) return
        const sent = `${method} ${path} ${contentType} ${body?.toString('base64')}`
        process.stderr.write(`fuzz: ${what}: ${sent.slice(0, 2_000)}\n`)
      }
      try {
        const options = { method: method as 'POST', path, headers, body: body ?? null }
        const answer = await pool.request(options)
        const text = await answer.body.text()
        const { statusCode: status } = answer
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        const isJson = /json/.test(String(answer.headers['content-type']))
        const reply = { status, body: isJson ? JSON.parse(text) : undefined }
        const problem = problemOf(reply, template, method.toLowerCase())
        if (problem) tell(problem)
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error))
      }
      const milliseconds = Math.round(performance.now() - started)
      if (milliseconds > slowest.milliseconds)
        slowest = { milliseconds, call: `${method} ${template}` }
    }
    const work = async () => {
      while (sent < wanted && problems.length < 100) {
        sent += 1
        if (sent === Math.ceil(wanted / 2)) early = server.megabytes()
        progress(`fuzz: ${sent}/${wanted}, ${problems.length} wrong`)
        const next = requests.next()
        if (!next.done) await send(next.value)
      }
    }
    const started = performance.now()
    await Promise.all(Array.from({ length: connections }, work))
    const seconds = (performance.now() - started) / 1_000
    const grown = Math.round(server.megabytes() - early)
    const isFast = slowest.milliseconds < 2_000
    const isAlive = (await caller.recovered()) < 1_000
    await pool.close()
    if (problems.length > 0) process.stderr.write(`fuzz: ${server.output().slice(-5_000)}\n`)
    const taken = statuses.get(200) ?? 0
    yield {
      what: `${sent} malformed requests (seed ${seed})`,
      target:
        'no 5xx, none unanswered or over 2,000 ms; with a heap of ' +
        `${heapMebibytes} MB, memory grows less than 64 MB in the second half`,
      figure:
        `${problems.length} wrong; slowest ${slowest.milliseconds} ms (${slowest.call}); ` +
        `${grown} MB; ` +
        `${Math.round(sent / seconds)} a second, ${taken} answered with 200`,
      pass: problems.length === 0 && isFast && grown < 64 && isAlive && sent === wanted,
    }
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
