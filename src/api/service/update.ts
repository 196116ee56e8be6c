/** Replaces the settings of a service as a whole. */
import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Service, ServiceDocument, serviceSecrets } from '../../model/service/service.ts'
import { withKeptService } from '../../oauth/logout/kept-properties.ts'
import { findHashingWarning, findServiceWarnings } from '../../oauth/service/warnings.ts'
import { CallerError } from '../../refusal.ts'
import { serviceRow } from '../../services/row.ts'
import { ReplacedMembers, serviceChanges, warningsOf } from '../../services/saved-document.ts'
import { orRefuse } from '../../store/engine.ts'

export const serviceUpdate = defineEndpoint({
  operationId: 'service_update_api',
  audits: 'service.updated',
  method: 'post',
  path: '/api/{serviceId}/service/update',
  tag: 'Service Management',
  summary: 'Update a service',
  description:
    'Replaces the whole document: properties that the call omits get their defaults. Read-only and ' +
    'unknown properties are ignored. Existing tokens stay unchanged.',
  right: 'modify_service',
  body: ServiceDocument,
  form: true,
  response: Service.and(ReplacedMembers),
  async handle({ body, ignored }, context) {
    const { service, store, now } = context
    const pairwiseSubjectSalt = body.pairwiseSubjectSalt || service.pairwiseSubjectSalt
    const { apiSecret, hsks } = service
    const document = {
      ...withKeptService(body, service),
      hsks,
      ...(pairwiseSubjectSalt ? { pairwiseSubjectSalt } : {}),
      ...(apiSecret ? { apiSecret } : {}),
    }
    const { whole, ...row } = await serviceRow(document, service)
    const found = [...findServiceWarnings(whole), ...findHashingWarning(whole, service)]
    const warnings = warningsOf(context, ignored, found)
    const write = store.services.update(service.apiKey, { ...row, modifiedAt: now })
    const { number, apiKey, createdAt } = service
    const after = Service.parse({ ...whole, number, apiKey, createdAt, modifiedAt: now })
    await store.commit(
      orRefuse(write, new CallerError(serviceUnknown)),
      ...recordOf(context, {
        target: { kind: 'service', id: apiKey },
        changes: changesOf(service, after, serviceSecrets),
      }),
    )
    return { ...after, ...warnings, ...serviceChanges(context, service, after) }
  },
})
