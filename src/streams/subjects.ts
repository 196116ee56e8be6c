/** Subjects of streams, SSF §8.1.3: what stands out of the default of the service is kept. */
import type { ServiceContext } from '../context.ts'
import type { SubjectMode } from '../model/events/stream.ts'
import type { SignalSettings } from '../oauth/ssf/settings.ts'
import { rules } from '../oauth/ssf/stream.ts'
import { type SubjectIdentifier, subjectHash } from '../oauth/ssf/subject.ts'
import { refuse } from '../refusal.ts'
import type { EventStreamRow } from '../store/tables/streams/event-streams.ts'

const mostSubjects = 10_000

/** From now on the stream has the subject, or does not have it. */
export async function setSubject(
  { store, now }: ServiceContext,
  { defaultSubjects }: SignalSettings,
  { serviceId, clientId }: EventStreamRow,
  subject: SubjectIdentifier,
  mode: SubjectMode,
): Promise<void> {
  const { streamSubjects } = store
  const hash = subjectHash(subject)
  const former = streamSubjects.delete(serviceId, clientId, hash)
  if ((mode === 'ADDED') === (defaultSubjects === 'ALL')) {
    await store.commit(former)
    return
  }
  const [known] = await streamSubjects.among(serviceId, clientId, [hash])
  if (known?.mode === mode) return
  if ((await streamSubjects.count(serviceId, clientId)) >= mostSubjects) {
    refuse(rules.tooManySubjects)
  }
  const row = { serviceId, clientId, subjectHash: hash, mode, createdAt: now }
  await store.commit(former, streamSubjects.insert(row))
}
