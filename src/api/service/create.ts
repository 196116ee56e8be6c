/** Creates a service, which is a separate authorization server. */
import { z } from 'zod'
import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { firstRevision } from '../../audit/revision.ts'
import type { Context } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Service, ServiceDocument, serviceSecrets } from '../../model/service/service.ts'
import { brokenByService } from '../../oauth/lint/required.ts'
import { findServiceWarnings } from '../../oauth/service/warnings.ts'
import { Address, newToken } from '../../services/api-token.ts'
import { createOnce, type Keep } from '../../services/idempotency.ts'
import { refuseBroken } from '../../services/required-lints.ts'
import { serviceRow } from '../../services/row.ts'
import { CreatedMembers, warningsOf } from '../../services/saved-document.ts'
import { requireTestable } from '../../services/test-clock.ts'
import { newIdentifier } from '../../system/identifier.ts'

const about = {
  tag: 'Service Management',
  method: 'post',
  right: 'create_service',
  audits: 'service.created',
  isRepeatable: true,
} as const

const CreatedService = Service.and(CreatedMembers)

/** The rights of an API secret: everything except changing the service. */
const ofSecret = { description: 'API secret of the service', rights: ['create_client' as const] }

async function createService(
  context: Context,
  given: ServiceDocument,
  ignored: readonly string[],
  withSecret = false,
  keep: Keep = () => [],
) {
  const { store, system, now } = context
  requireTestable(context, given)
  const pairwiseSubjectSalt = given.pairwiseSubjectSalt || system.random.token(256)
  const serviceId = await newIdentifier(system.random, store.services.version)
  const secret = withSecret ? newToken(context, { serviceId }, ofSecret) : undefined
  const apiSecret = secret && { apiSecret: secret.accessToken }
  const document = { ...given, hsks: undefined, pairwiseSubjectSalt, ...apiSecret }
  const { whole, ...row } = await serviceRow(document, { now })
  const warnings = warningsOf(context, ignored, findServiceWarnings(whole))
  const number = await store.counters.next(0, 'service')
  const times = { createdAt: now, modifiedAt: now }
  const created = Service.parse({ ...whole, number, apiKey: serviceId, ...times })
  refuseBroken(brokenByService(created))
  const response = { ...created, ...warnings }
  await store.commit(
    ...keep(response),
    store.services.insert({ serviceId, number, ...row, ...times }),
    ...(secret ? [secret.write] : []),
    firstRevision(context, { serviceId, kind: 'service', documentId: serviceId }),
    ...recordOf(context, {
      serviceId,
      target: { kind: 'service', id: serviceId },
      changes: changesOf(ServiceDocument.parse({}), whole, serviceSecrets),
    }),
  )
  return response
}

const createOneService = (
  context: Context,
  given: ServiceDocument,
  ignored: readonly string[],
  withSecret = false,
) =>
  createOnce(context, 0, given, (keep) => createService(context, given, ignored, withSecret, keep))

export const serviceCreate = defineEndpoint({
  ...about,
  operationId: 'service_create_api',
  path: '/api/service/create',
  summary: 'Create a service',
  description:
    'Properties that the call omits get their defaults; read-only and unknown ones are ignored. The ' +
    '`apiKey` of the response identifies the service in all other paths.',
  body: ServiceDocument,
  form: true,
  response: CreatedService,
  handle: ({ body, ignored }, context) => createOneService(context, body, ignored),
})

/** For Authlete 2.x: its tools read the API secret of the created service. */
export const serviceCreateWithSecret = defineEndpoint({
  ...about,
  operationId: 'service_create_api',
  path: '/api/service/create',
  summary: 'Create a service with an API secret',
  body: ServiceDocument,
  form: true,
  response: CreatedService,
  handle: ({ body, ignored }, context) => createOneService(context, body, ignored, true),
})

export const organizationServiceCreate = defineEndpoint({
  ...about,
  operationId: 'organization_service_create_api',
  path: '/api/service',
  summary: 'Create a service of an organization',
  description: 'The same as `/api/service/create`, for tools that specify an organization.',
  body: z
    .object({ ...Address, service: ServiceDocument.prefault({}).describe('The service.') })
    .meta({ id: 'organization_service_create_request' }),
  response: CreatedService,
  handle: ({ body, ignored }, context) => createOneService(context, body.service, ignored),
})
