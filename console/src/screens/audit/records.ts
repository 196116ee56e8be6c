/** Records of the audit log, the newest first. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { call, get, withQuery } from '../../app/api.ts'
import { messages } from '../../messages/audit.ts'
import type { Change } from '../../parts/Diff.tsx'

export interface AuditRecord {
  seq: number
  id: string
  at: number
  type: string
  operation: string
  actor: { kind: string; id?: string; label?: string }
  onBehalfOf?: string
  target?: { kind: string; id?: string }
  outcome: string
  occurrences: number
  requestId?: string
  reason?: string
  changes: Change[]
}

export interface Filter {
  type: string
  actor: string
  target: string
}

interface Found {
  records: AuditRecord[]
  next: number
  hasMore: boolean
}

const pageSize = 50
const exportSize = 1_000

const pathOf = (serviceId: string, filter: Filter, place: object) =>
  withQuery(`/api/${serviceId}/audit`, { ...filter, ...place })

export const useRecords = (serviceId: string, filter: Filter) =>
  useInfiniteQuery({
    queryKey: [`/api/${serviceId}/audit`, filter],
    initialPageParam: Number.MAX_SAFE_INTEGER,
    queryFn: ({ pageParam, signal }) =>
      get<Found>(pathOf(serviceId, filter, { before: pageParam, limit: pageSize }), { signal }),
    getNextPageParam: ({ next, hasMore }) => (hasMore && next > 1 ? next : undefined),
  })

/** All records that the filter selects, one in each line. */
export async function exported(serviceId: string, filter: Filter): Promise<Blob> {
  const texts: string[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const path = pathOf(serviceId, filter, { after, limit: exportSize })
    const page: Found = await get(path)
    texts.push(...page.records.map((record) => `${JSON.stringify(record)}\n`))
    after = page.hasMore ? page.next : undefined
  }
  return new Blob(texts, { type: 'application/x-ndjson' })
}

/** Where the revisions of the settings are that the record is about. */
export function revisionsOf(serviceId: string, { type, target }: AuditRecord): string | undefined {
  if (type === 'service.updated') return `/api/${serviceId}/service/revisions`
  if (type !== 'client.updated' || !target?.id) return undefined
  return `/api/${serviceId}/clients/${target.id}/revisions`
}

interface Revision {
  revision: number
  requestId?: string
}

/** Saves the settings of the revision before the one that the record is about. */
export async function revert(revisions: string, { requestId }: AuditRecord): Promise<void> {
  const { revisions: known } = await get<{ revisions: Revision[] }>(`${revisions}?limit=200`)
  const at = known.findIndex((each) => each.requestId === requestId)
  const earlier = at < 0 ? undefined : known[at + 1]
  if (!earlier) throw new Error(messages.noRevision)
  await call('POST', `${revisions}/${earlier.revision}/restore`)
}

export const actorOf = ({ actor }: AuditRecord): string => actor.label || actor.id || actor.kind

export const targetOf = ({ target }: AuditRecord): string =>
  target ? [target.kind, target.id].filter(Boolean).join(':') : ''
