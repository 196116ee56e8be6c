/** Changes a service and its clients together, as a plan has shown. */
import { z } from 'zod'
import { applyConfiguration } from '../clients/configuration/apply.ts'
import { requireKnownMembers } from '../clients/configuration/members.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { ConfigurationRequest, ConfigurationTags } from '../model/configuration/request.ts'
import { describePlan, planned } from './configuration/plan-schemas.ts'

const ApplyRequest = ConfigurationRequest.extend({
  etags: ConfigurationTags.describe('Those of the plan: what moved since is not overwritten.'),
  allowDelete: z.boolean().default(false).describe('Whether clients may be deleted.'),
  digest: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional()
    .describe('The SHA-256 of the whole file as base64url, by which the next plan is short.'),
  reason: z.string().max(1_000).optional().describe('Why, for the audit log.'),
  source: z
    .string()
    .max(300)
    .optional()
    .describe('Where the configuration comes from, such as a commit, for the audit log.'),
}).meta({ id: 'configuration_apply_request' })

const Created = z.object({
  key: z.string().describe('The key of the client.'),
  clientId: z.int().describe('The ID of the client.'),
})

const ApplyResponse = z
  .object({
    ...planned,
    created: z.array(Created).describe('The IDs of new clients.'),
    secrets: z
      .array(Created.extend({ clientSecret: z.string().describe('The secret.') }))
      .describe('Secrets that were made, which are shown this once.'),
    etag: z.string().describe('The `ETag` of the service now.'),
  })
  .meta({ id: 'configuration_applied' })

export const configurationApply = defineEndpoint({
  operationId: 'configuration_apply_api',
  audits: 'configuration.applied',
  method: 'post',
  path: '/api/{serviceId}/apply',
  tag: 'Configuration',
  summary: 'Apply a configuration',
  description:
    'Changes the service and up to 500 clients in one commit with one audit record, or nothing. ' +
    'Refused if something moved since the plan, if clients would be deleted without ' +
    '`allowDelete`, and if a required profile would be broken.',
  right: 'modify_service',
  body: ApplyRequest,
  response: ApplyResponse,
  async handle({ body, ignored }, context) {
    requireKnownMembers(ApplyRequest, ignored)
    const { plan, etag, created, secrets } = await applyConfiguration(context, body, body)
    return { ...describePlan(plan), created, secrets, etag }
  },
})
