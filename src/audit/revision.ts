/** Revisions of services and clients, as writes for the commit of the change. */
import { isDeepStrictEqual } from 'node:util'
import { changedSecrets, type RevisionOrigin, settingsOf } from '../model/audit/revision.ts'
import type { Write } from '../store/engine.ts'
import type { DocumentName } from '../store/tables/changes/revisions.ts'
import { actorOf, type Recording } from './record.ts'

const keptMilliseconds = 90 * 86_400_000

interface Stored {
  data: Record<string, unknown>
  secrets: Record<string, unknown>
}

interface Change {
  name: DocumentName
  former: Stored & { version: number; modifiedAt: number }
  after: Stored
  /** The client itself made the change: then only the newest revisions are kept. */
  isOwn?: boolean
  /** The revision whose settings are brought back. */
  restored?: number | undefined
}

/** The first revision of a document that a caller created. */
export const firstRevision = (context: Recording, name: DocumentName): Write =>
  context.store.revisions.begin(name, {
    version: 1,
    at: context.now,
    origin: originOf(context, []),
  })

/** The revision of a change. None if neither settings nor secrets change. */
export function revisionOf(context: Recording, change: Change): Write[] {
  const { name, former, after, isOwn = false, restored } = change
  const settings = settingsOf(former)
  const secrets = changedSecrets(former.secrets, after.secrets)
  if (secrets.length === 0 && isDeepStrictEqual(settings, asStored(settingsOf(after)))) return []
  const { version, modifiedAt } = former
  return context.store.revisions.change(name, {
    former: { version, at: modifiedAt, settings },
    made: {
      version: version + 1,
      at: context.now,
      origin: { ...originOf(context, secrets), restored },
    },
    keptMilliseconds: isOwn ? 0 : keptMilliseconds,
  })
}

const asStored = (settings: object): unknown => JSON.parse(JSON.stringify(settings))

/** Before a client is deleted: its last settings, which stay for a while. */
export const lastRevision = ({ store, now }: Recording, serviceId: number, clientId: number) =>
  store.revisions.endOfClient(serviceId, clientId, now + keptMilliseconds)

const originOf = ({ call, caller }: Recording, secrets: string[]): RevisionOrigin => ({
  operation: call.operation.operationId,
  ...actorOf(caller),
  onBehalfOf: call.actingFor(),
  requestId: call.requestId,
  reason: call.reason(),
  secrets,
})
