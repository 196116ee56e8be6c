/** A start loads what every server needs, and the rest when it is needed first. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProcesses, type Processes, stop } from './support/processes.ts'

let processes: Processes
beforeEach(() => {
  processes = createProcesses()
})
afterEach(() => processes.close())

async function loadedBy(environment: Record<string, string> = {}): Promise<Set<string>> {
  const file = join(processes.folder, 'loaded')
  const server = await processes.started({
    NODE_OPTIONS: `--import=${resolve('test/support/loaded-modules.mjs')}`,
    LOADED_PACKAGES: file,
    ...environment,
  })
  await stop(server, 'SIGTERM')
  return new Set(readFileSync(file, 'utf8').split('\n'))
}

describe('start of a server', () => {
  it('loads no package that only some servers need', async () => {
    const loaded = await loadedBy()
    for (const name of ['better-sqlite3', 'lru-cache', 'pino']) expect(loaded).toContain(name)
    // Packages of many files are in the program.
    for (const name of ['drizzle-orm', 'hono', 'jose', 'zod']) expect(loaded).not.toContain(name)
    const later = ['@asteasolutions/zod-to-openapi', '@hono/zod-openapi', '@opentelemetry/api']
    const rare = ['asn1js', 'http-message-signatures', 'oauth4webapi', 'pg', 'pkijs']
    for (const name of [...later, ...rare, 'prom-client', 'undici', 'yaml']) {
      expect(loaded).not.toContain(name)
    }
  })

  it('loads the packages of metrics and spans where they are configured', async () => {
    const loaded = await loadedBy({
      POSTERN_METRICS_PORT: '0',
      NODE_OPTIONS: ['loaded-modules.mjs', 'tracing-sdk.mjs']
        .map((file) => `--import=${resolve('test/support', file)}`)
        .join(' '),
    })
    for (const name of ['prom-client', '@opentelemetry/api']) expect(loaded).toContain(name)
  })
})
