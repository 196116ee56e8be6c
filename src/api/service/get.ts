/** Returns a service. */
import { z } from 'zod'
import { recordRead } from '../../audit/read.ts'
import { noteField } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { notModified } from '../../http/response.ts'
import { Service } from '../../model/service/service.ts'
import { showsPrivateKeys, visibleService } from '../../services/describe.ts'
import { serviceTag } from '../../services/entity-tag.ts'

export const serviceGet = defineEndpoint({
  operationId: 'service_get_api',
  audits: 'private_keys.read',
  method: 'get',
  path: '/api/{serviceId}/service/get',
  tag: 'Service Management',
  summary: 'Get a service',
  description:
    'The response has secrets and private keys only if the caller has the right `modify_service`.',
  right: 'view_service',
  condition: 'If-None-Match',
  query: z.object({
    withoutSecrets: Flag.describe(
      'Whether the response omits secrets and private keys although the caller may see them. The ' +
        'read is not recorded then, and the `ETag` fits a patch.',
    ),
  }),
  response: Service,
  async handle({ query }, context) {
    const { service, caller, call } = context
    const tag = serviceTag(service, caller, query)
    if (call.knows(tag)) return notModified(tag)
    if (!query.withoutSecrets && showsPrivateKeys(service, caller)) {
      await recordRead(context, { target: { kind: 'service', id: service.apiKey } })
    }
    noteField(context, 'ETag', tag)
    return visibleService(service, caller, query.withoutSecrets)
  },
})
