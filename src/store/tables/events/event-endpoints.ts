/** Endpoints that get the events of a service. Their secrets are sealed. */
import { asc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { EndpointSecret, type EndpointSettings } from '../../../model/events/event.ts'
import type { Sealer } from '../../../system/sealer.ts'
import type { Engine, Write } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

type Stored = Tables['eventEndpoints']['$inferSelect']
export type EventEndpointRow = Omit<Stored, 'sealed'> & { secrets: EndpointSecret[] }
type Key = Pick<Stored, 'serviceId' | 'endpointId'>

const Secrets = z.array(EndpointSecret)

const place = ({ serviceId, endpointId }: Key) => ({
  table: 'event_endpoints',
  serviceId,
  row: String(endpointId),
  column: 'sealed',
})

export const eventEndpoints = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.eventEndpoints
  const rows = rowsByKey(engine, t, 'endpointId')
  const insert = insertion(engine, t, {
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const seal = (key: Key, secrets: EndpointSecret[]) =>
    sealer.seal(JSON.stringify(secrets), place(key))
  const opened = ({ sealed, ...row }: Stored): EventEndpointRow => ({
    ...row,
    secrets: Secrets.parse(JSON.parse(sealer.unseal(sealed, place(row)))),
  })
  const change = rows.change<{ data: EndpointSettings; modifiedAt: number }>(
    ({ data, modifiedAt }) => ({ data, modifiedAt }),
  )
  const replace = rows.change<{ data: EndpointSettings; modifiedAt: number }>(
    ({ data, modifiedAt }) => ({
      data,
      modifiedAt,
      dropped: sql`0`,
      droppedSince: sql`null`,
    }),
  )
  const replaceSecrets = rows.change<{ sealed: string; version: number; seen: number }>(
    ({ sealed, version }) => ({ sealed, version }),
    ({ seen }) => eq(t.version, seen),
  )
  return {
    async find(serviceId: number, endpointId: number): Promise<EventEndpointRow | undefined> {
      const row = await rows.find(serviceId, endpointId)
      return row && opened(row)
    },
    /** All of a service, the oldest first. */
    async list(serviceId: number): Promise<EventEndpointRow[]> {
      const found = await engine.read
        .select()
        .from(t)
        .where(eq(t.serviceId, serviceId))
        .orderBy(asc(t.createdAt), asc(t.endpointId))
      return found.map(opened)
    },
    insert: ({ secrets, ...row }: EventEndpointRow): Write =>
      insert({ ...row, sealed: seal(row, secrets) }),
    change,
    /** What was dropped is counted from now on. */
    replace,
    /** Touches no row if the secrets were replaced since they were read. */
    replaceSecrets: (
      { serviceId, endpointId, version }: Key & { version: number },
      secrets: EndpointSecret[],
    ): Write =>
      replaceSecrets({
        serviceId,
        endpointId,
        sealed: seal({ serviceId, endpointId }, secrets),
        version: version + 1,
        seen: version,
      }),
    delete: rows.delete,
  }
}
