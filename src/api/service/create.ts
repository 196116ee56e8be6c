/** A new service: an authorization server of its own. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { Service, ServiceDocument } from '../../model/service.ts'
import { newIdentifier } from '../new-identifier.ts'
import { serviceRow } from './service-write.ts'

export const serviceCreate = defineEndpoint({
  operationId: 'service_create_api',
  method: 'post',
  path: '/api/service/create',
  tag: 'Service Management',
  summary: 'Create a service',
  description:
    'Properties that the call leaves out get their defaults; read-only and unknown ones are ignored. ' +
    'The `apiKey` of the answer is the id of the service in every other path.',
  right: 'create_service',
  body: ServiceDocument,
  form: true,
  response: Service,
  async handle({ body }, { store, system, now }) {
    const pairwiseSubjectSalt = body.pairwiseSubjectSalt || system.random.token(256)
    const document = { ...body, pairwiseSubjectSalt }
    const row = await serviceRow(document)
    const number = await store.counters.next(0, 'service')
    const serviceId = await newIdentifier(system.random, store.services.version)
    await store.commit(
      store.services.insert({ serviceId, number, ...row, createdAt: now, modifiedAt: now }),
    )
    const times = { createdAt: now, modifiedAt: now }
    return Service.parse({ ...document, number, apiKey: serviceId, ...times })
  },
})
