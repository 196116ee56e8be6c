/** What a call reads of a SQLite file that another process writes to. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as afterSockets } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { assemble } from '../../src/store/open.ts'
import { openSqlite } from '../../src/store/sqlite/engine.ts'
import { createService } from '../support/flows.ts'
import { listenWith } from '../support/sockets.ts'
import { sealer } from '../support/stores.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-arriving-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The body of the next response of a connection that stays open. */
async function nextBody(socket: Socket): Promise<string> {
  let text = ''
  for (;;) {
    const [chunk] = await once(socket, 'data')
    text += chunk
    const [head = '', body = ''] = text.split('\r\n\r\n')
    if (body.length >= Number(/content-length: (\d+)/i.exec(head)?.[1])) return body
  }
}

describe.runIf(inject('dialect') === 'sqlite')('a call over HTTP', () => {
  it('reads what another process committed before, also after a read of the turn before', async () => {
    const path = join(folder, 'postern.db')
    const engine = await openSqlite(path)
    const store = assemble(engine, sealer)
    const service = await createService({}, { on: { store, engine, close: store.close } })
    const { serviceId, adminToken } = service
    const { url, close } = await listenWith(service.listener)
    const other = new Database(path)
    const rename = other.prepare(
      `update services set version = version + 1,
        data = json_set(data, '$.serviceName', ?) where service_id = ?`,
    )
    const mark = other.prepare(
      `insert into counters (service_id, name, value) values (0, 'last writer', ?)
        on conflict (service_id, name) do update set value = excluded.value`,
    )
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const request =
      `GET /api/${serviceId}/service/get HTTP/1.1\r\nHost: postern\r\n` +
      `Authorization: Bearer ${adminToken}\r\n\r\n`
    socket.write(request)
    await nextBody(socket)
    for (let round = 0; round < 20; round++) {
      const name = `Name ${round}`
      const answered = nextBody(socket)
      // What is read now is read in a transaction that lasts until the sockets were looked at.
      await afterSockets()
      await store.services.version(serviceId)
      mark.run(round + 1)
      rename.run(name, serviceId)
      socket.write(request)
      expect(JSON.parse(await answered).serviceName).toBe(name)
    }
    socket.destroy()
    other.close()
    await close()
    await service.close()
  })
})
