/** A disk that is full under load, and has room again; reads go on all the time. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Caller, createCaller, form } from './caller.ts'
import { type Depth, type Finding, percentile, seeded } from './findings.ts'
import { createHistory } from './history.ts'
import { serverProcess } from './server-process.ts'
import { runSuites } from './suites.ts'

const secondsOf: Record<Depth, number> = { short: 1, usual: 3, long: 20 }

/** A small disk of its own, where this process may mount one; the log alone grows to 40 MB. */
function mountDisk(folder: string): boolean {
  try {
    const options = ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', folder]
    execFileSync('mount', options, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Until nothing goes on it any more. */
function fill(file: string): void {
  const descriptor = openSync(file, 'a')
  const piece = Buffer.alloc(4_096, 1)
  try {
    while (writeSync(descriptor, piece) > 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(descriptor)
  }
}

/** A token that is good before, during and after. */
async function liveToken(caller: Caller): Promise<string> {
  const { client } = caller
  const answer = await caller.api('/auth/token', {
    parameters: form({ grant_type: 'client_credentials' }),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })
  return answer?.body.accessToken
}

/** Reads again and again; what they were answered. */
function reading(caller: Caller, token: string) {
  const actions: string[] = []
  let isOver = false
  const work = async () => {
    while (!isOver) {
      const answer = await caller.api('/auth/introspection', { token })
      actions.push(answer?.body.action ?? 'none')
      await wait(10)
    }
    return actions
  }
  const working = work()
  return () => {
    isOver = true
    return working
  }
}

async function endure(folder: string, seconds: number, seed: number): Promise<Finding> {
  const server = serverProcess(`file:${join(folder, 'postern.db')}`)
  await server.start()
  try {
    const caller = await createCaller(server.url)
    const reader = await createCaller(server.url)
    const token = await liveToken(reader)
    const history = createHistory('full', caller, seeded(seed))
    const load = history.load(8)
    await wait(500)
    const isRefused = () => caller.calls.some(({ status }) => status === 503)
    do {
      fill(join(folder, 'filler'))
      await wait(50)
    } while (!isRefused())
    caller.calls.length = 0
    const read = reading(reader, token)
    await wait(seconds * 1_000)
    const reads = await read()
    const writes = caller.calls.splice(0)
    rmSync(join(folder, 'filler'))
    const back = await caller.recovered()
    caller.calls.length = 0
    await wait(1_000)
    await load.stop()
    const after = caller.calls.filter(({ status }) => status === 503).length
    await history.check()
    const refused = writes.filter(({ status }) => status === 503)
    const unclear = writes.filter(({ status }) => status === 0 || status === 500).length
    const failedReads = reads.filter((action) => action !== 'OK').length
    const p99 = percentile(
      writes.map(({ milliseconds }) => milliseconds),
      0.99,
    )
    for (const line of history.wrong.slice(0, 10)) process.stderr.write(`full disk: ${line}\n`)
    return {
      what: `disk full under SQLite for ${seconds} s (seed ${seed})`,
      target: 'reads go on; writes 503 with Retry-After; then all again without a restart; no loss',
      figure:
        `${failedReads} of ${reads.length} reads failed; ${refused.length} × 503, ` +
        `${unclear} unclear, p99 ${Math.round(p99)} ms; back after ${Math.round(back)} ms, ` +
        `then ${after} × 503; ${history.wrong.length} wrong of ${history.checked()}`,
      pass:
        failedReads === 0 &&
        reads.length > 10 &&
        refused.length > 0 &&
        refused.every(({ retryAfter }) => retryAfter === '1') &&
        unclear === 0 &&
        after === 0 &&
        history.wrong.length === 0,
    }
  } finally {
    await server.kill()
  }
}

export async function* disk(depth: Depth, seed: number): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-disk-'))
  const isMounted = mountDisk(folder)
  try {
    if (isMounted) {
      yield await endure(folder, secondsOf[depth], seed)
      return
    }
    // Only the administrator of a machine may mount a disk: SQLite is told that there is no room.
    const { passed, failed } = await runSuites(['test/store/unavailable', '-t', 'a full disk'])
    yield {
      what: 'disk full under SQLite (no disk can be mounted here: a limit of its own)',
      target: 'reads go on; writes are 503; then all again without a restart',
      figure: `${passed} tests passed, ${failed} failed`,
      pass: passed > 0 && failed === 0,
    }
  } finally {
    if (isMounted) execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
}
