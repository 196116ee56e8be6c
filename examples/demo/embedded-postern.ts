/** Postern inside this process, on an in-memory database. */
import { readConfig } from '../../src/process/config.ts'
import { type Running, start } from '../../src/process/start.ts'
import type { Api } from './seed.ts'

/** Listens at the port that is wished for, or at a free one. */
export async function startPostern(port = 0): Promise<Api & { close(): Promise<void> }> {
  const startAt = (at: number) =>
    start(
      readConfig({
        POSTERN_DATABASE_URL: ':memory:',
        POSTERN_PORT: String(at),
        POSTERN_LOG_LEVEL: 'warn',
        // Clients that are told of a logout listen on the loopback interface.
        POSTERN_OUTBOUND_ALLOW: '127.0.0.1',
        // Entities of the demo's federation have certificates that they signed themselves.
        POSTERN_ALLOW_INSECURE_TLS: 'true',
      }),
    )
  const running: Running = await startAt(port).catch((error) =>
    error.code === 'EADDRINUSE' ? startAt(0) : Promise.reject(error),
  )
  const { url, adminToken, close } = running
  if (!adminToken) throw new Error('Postern made no administrator token')
  return { url, token: adminToken, close }
}
