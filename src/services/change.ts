/** Replacing the settings of a service: checks, the guarded write, its record, and the response. */
import { changesOf } from '../audit/changes.ts'
import { recordOf } from '../audit/record.ts'
import { revisionOf } from '../audit/revision.ts'
import { serviceUnknown } from '../caller.ts'
import { noteField, type ServiceContext } from '../context.ts'
import { Service, type ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { reportOf } from '../oauth/lint/lint.ts'
import { brokenByService } from '../oauth/lint/required.ts'
import { lintChanges } from '../oauth/lint/schemas.ts'
import { serviceLints } from '../oauth/lint/service-lints.ts'
import { serviceSubject } from '../oauth/lint/subjects.ts'
import { findHashingWarning, findServiceWarnings } from '../oauth/service/warnings.ts'
import { refuseCaller } from '../refusal.ts'
import { serviceOf } from '../store/configuration.ts'
import { orRefuse } from '../store/engine.ts'
import { fromNewest } from '../store/newest.ts'
import { requireFileless } from './configuration/strict.ts'
import { savedTag } from './entity-tag.ts'
import { requireVersion } from './precondition.ts'
import { requireSameQuotas } from './quotas.ts'
import { refuseBroken } from './required-lints.ts'
import { serviceRow } from './row.ts'
import { serviceChanges, warningsOf } from './saved-document.ts'
import { requireTestable } from './test-clock.ts'

/** The settings as they shall be, and the paths of members that have no effect. */
export interface NewSettings<Document> {
  document: Document
  ignored: readonly string[]
}

/**
 * Saves the settings that `settingsOf` makes of the present ones, and returns the response. It
 * makes them again if another call was faster, unless the caller expects a version. With `isDry`
 * nothing is saved. `restored` is the revision that the settings are from.
 */
export async function replaceService(
  context: ServiceContext,
  settingsOf: (current: Service) => NewSettings<ServiceDocument>,
  isDry = false,
  restored?: number,
) {
  const { store, now, preferences } = context
  const { apiKey: serviceId } = context.service
  return fromNewest(store, `service ${serviceId}`, async (lost) => {
    const row = await store.services.find(serviceId)
    if (!row) refuseCaller(serviceUnknown)
    requireVersion(context, row.version)
    const current = serviceOf(row, now)
    const { whole, warnings, ...changed } = await checkedService(
      context,
      settingsOf(current),
      current,
    )
    requireFileless(current, whole)
    const { number, apiKey, createdAt } = current
    const modifiedAt = isDry ? current.modifiedAt : now
    const after = Service.parse({ ...whole, number, apiKey, createdAt, modifiedAt })
    refuseBroken(brokenByService(after))
    const changes = serviceChanges(isDry || preferences.changes, current, after)
    noteField(context, 'ETag', savedTag(isDry ? row.version : row.version + 1))
    if (isDry) return { ...after, ...warnings, ...changes, lints: lintsOf(current, after) }
    const write = store.services.update(serviceId, { ...changed, modifiedAt: now }, row.version)
    const record = recordOf(context, {
      target: { kind: 'service', id: serviceId },
      changes: changesOf(current, after, serviceSecrets),
    })
    const name = { serviceId, kind: 'service', documentId: serviceId } as const
    const revision = revisionOf(context, { name, former: row, after: changed, restored })
    await store.commit(orRefuse(write, lost), ...record, ...revision)
    return { ...after, ...warnings, ...changes }
  })
}

/** The checked settings, with what an update never removes: keys in modules, and the salt. */
export async function checkedService(
  context: ServiceContext,
  { document: given, ignored }: NewSettings<ServiceDocument>,
  current: Service,
) {
  requireTestable(context, given, current)
  requireSameQuotas(context, given, current)
  const pairwiseSubjectSalt = given.pairwiseSubjectSalt || current.pairwiseSubjectSalt
  const { apiSecret, hsks } = current
  const { whole, ...row } = await serviceRow(
    {
      ...given,
      hsks,
      ...(pairwiseSubjectSalt ? { pairwiseSubjectSalt } : {}),
      ...(apiSecret ? { apiSecret } : {}),
    },
    { now: context.now, former: current },
  )
  const found = [...findServiceWarnings(whole), ...findHashingWarning(whole, current)]
  return { whole, ...row, warnings: warningsOf(context, ignored, found) }
}

function lintsOf(before: Service, after: Service) {
  const [was, is] = [before, after].map((each) => reportOf(serviceLints, serviceSubject(each)))
  return lintChanges(was?.findings ?? [], is?.findings ?? [])
}
