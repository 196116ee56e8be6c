/** SIGTERM under load, as a deployment does it: the load balancer hears first, and nobody fails. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createCaller } from './caller.ts'
import { type Depth, type Finding, progress, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { serverProcess } from './server-process.ts'

const cyclesOf: Record<Depth, number> = { short: 1, usual: 5, long: 40 }
const probeMilliseconds = 50

/** The status of readiness, as a load balancer asks for it; 0 where nobody answers. */
export async function readiness(url: string): Promise<number> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) })
    await answer.text()
    return answer.status
  } catch {
    return 0
  }
}

export async function* drain(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-drain-'))
  const file = join(folder, 'postern.db')
  const server = serverProcess(`file:${file}`, { POSTERN_DRAIN_SECONDS: '1' })
  const cycles = cyclesOf[depth]
  let [failed, served, unready, slowest, logs] = [0, 0, 0, 0, 0]
  try {
    await server.start()
    const caller = await createCaller(server.url)
    const history = createHistory('drained', caller, seeded(seed))
    for (let cycle = 0; cycle < cycles; cycle++) {
      const load = history.load(16)
      await wait(500)
      caller.calls.length = 0
      const started = performance.now()
      const stopped = server.stop()
      while ((await readiness(server.url())) === 200) await wait(probeMilliseconds)
      if ((await readiness(server.url())) === 503) unready += 1
      // What is under way ends; the load balancer sends nothing else.
      caller.halt(true)
      await load.stop()
      await stopped
      caller.halt(false)
      slowest = Math.max(slowest, performance.now() - started)
      failed += caller.calls.filter(({ status }) => status === 0 || status >= 500).length
      served += caller.calls.length
      if (existsSync(`${file}-wal`)) logs += 1
      await server.start()
      await caller.recovered()
      await history.check()
      progress(`drain: ${cycle + 1}/${cycles}`)
    }
    for (const line of history.wrong.slice(0, 10)) process.stderr.write(`drain: ${line}\n`)
    yield {
      what: `SIGTERM under load, ${cycles} times (seed ${seed})`,
      target: 'no call fails; readiness off first; the write-ahead log is checkpointed; no loss',
      figure:
        `${failed} of ${served} calls failed; readiness off first ${unready} times; ` +
        `${logs} logs left; ended after ${Math.round(slowest)} ms at most; ` +
        `${history.wrong.length} wrong of ${history.checked()}`,
      pass:
        failed === 0 &&
        served > 0 &&
        unready === cycles &&
        logs === 0 &&
        history.wrong.length === 0 &&
        history.checked() > 20,
    }
  } finally {
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
