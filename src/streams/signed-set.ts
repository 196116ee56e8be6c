/** Security event tokens of a stream, signed; none of a subject that the stream does not have. */
import type { ServiceContext } from '../context.ts'
import { signJwt } from '../jose/sign.ts'
import type { Client } from '../model/client/client.ts'
import { isOfStream } from '../oauth/ssf/event-types.ts'
import { subjectOf, unsignedSet } from '../oauth/ssf/set.ts'
import type { SignalSettings } from '../oauth/ssf/settings.ts'
import { namesOf } from '../oauth/ssf/subject.ts'
import type { SecurityEventRow } from '../store/tables/streams/security-events.ts'

/** What signing needs. A process that delivers events has it without a request. */
export type SetContext = Pick<ServiceContext, 'service' | 'keys' | 'store'>

export interface Receiving {
  client: Client
  settings: SignalSettings
}

/** The token; undefined if the stream does not have its subject. */
export async function signedSet(
  context: SetContext,
  { client, settings }: Receiving,
  row: SecurityEventRow,
): Promise<string | undefined> {
  const { service, keys } = context
  if (!(await hasSubject(context, { client, settings }, row))) return undefined
  return signJwt(keys.signing(service), unsignedSet(service, client, settings, row))
}

async function hasSubject(
  { service, store }: SetContext,
  { client, settings }: Receiving,
  row: SecurityEventRow,
): Promise<boolean> {
  if (isOfStream(row.type)) return true
  const names = namesOf(subjectOf(service, client, settings, row))
  const found = await store.streamSubjects.among(row.serviceId, row.clientId, names)
  return settings.defaultSubjects === 'ALL'
    ? !found.some(({ mode }) => mode === 'REMOVED')
    : found.some(({ mode }) => mode === 'ADDED')
}
