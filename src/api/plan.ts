/** Compares a configuration with a service and its clients. */
import { z } from 'zod'
import { appliedAmong } from '../clients/configuration/digest.ts'
import { requireKnownMembers } from '../clients/configuration/members.ts'
import { planConfiguration } from '../clients/configuration/plan.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { notModified } from '../http/response.ts'
import { ConfigurationRequest } from '../model/configuration/request.ts'
import { managedBy, serviceKey, strict } from '../oauth/configuration/attributes.ts'
import { describePlan, PlanResponse } from './configuration/plan-schemas.ts'

export const configurationPlan = defineEndpoint({
  operationId: 'configuration_plan_api',
  method: 'post',
  path: '/api/{serviceId}/plan',
  tag: 'Configuration',
  summary: 'Plan a configuration',
  description:
    'Compares the settings of the service and of the clients with those of the call, and tells ' +
    'what would change and what that means. Nothing is changed. Unknown properties are refused.',
  right: 'modify_service',
  body: ConfigurationRequest,
  response: PlanResponse,
  async handle({ body, ignored }, context) {
    requireKnownMembers(ConfigurationRequest, ignored)
    const plan = await planConfiguration(context, body)
    return { ...describePlan(plan), etags: plan.etags }
  },
})

const Standing = z
  .object({
    key: z.string().optional().describe('The key of the service, if it has one.'),
    managedBy: z.string().optional().describe('The attribute `ext.config.managedBy`.'),
    strict: z.boolean().describe('The attribute `ext.config.strict`.'),
    clients: z
      .array(z.object({ key: z.string(), clientId: z.int() }))
      .describe('The clients that have a key.'),
  })
  .meta({ id: 'configuration_standing' })

export const configurationStanding = defineEndpoint({
  operationId: 'configuration_get_api',
  method: 'get',
  path: '/api/{serviceId}/plan',
  tag: 'Configuration',
  summary: 'Tell what is configured by a file',
  description:
    'With the digest of a file in `If-None-Match`: 304 if the file is applied, and neither the ' +
    'service nor a client with a key was changed since.',
  right: 'modify_service',
  condition: 'If-None-Match',
  response: Standing,
  async handle(_request, context) {
    const { service, store, call } = context
    const digest = await appliedAmong(context, call.knownTags().slice(0, 10))
    if (digest !== undefined) return notModified(`"${digest}"`)
    const keyed = await store.clients.keyed(service.apiKey)
    return {
      key: serviceKey.read(service),
      managedBy: managedBy.read(service),
      strict: strict.read(service),
      clients: keyed.map(({ key, clientId }) => ({ key, clientId })),
    }
  },
})
