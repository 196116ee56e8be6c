/** Schemas of plans: what a configuration would change, and what it changed. */
import { z } from 'zod'
import type { Plan } from '../../clients/configuration/plan.ts'
import type { AuditChange } from '../../model/audit/record.ts'
import { lintProfiles } from '../../model/configuration/lint-profiles.ts'
import { ConfigurationTags } from '../../model/configuration/request.ts'
import { Warning } from '../../model/warning.ts'
import { clientKey } from '../../oauth/configuration/attributes.ts'
import { effectKinds } from '../../oauth/configuration/effects.ts'
import { levels } from '../../oauth/lint/lint.ts'

const PlannedChange = z
  .object({
    path: z.string().describe('`service` or `clients.` with a key, and the name of the property.'),
    before: z.unknown().optional().describe('The present value; a secret is `(secret)`.'),
    after: z.unknown().optional().describe('The value after; a secret is `(secret, changed)`.'),
    cut: z.boolean().optional().describe('Whether a value is longer than what is shown.'),
  })
  .meta({ id: 'configuration_change' })
type PlannedChange = z.output<typeof PlannedChange>

const Profile = z.enum(lintProfiles)

const PlannedFinding = z
  .object({
    document: z.string().describe('`service`, or `clients.` with a key.'),
    code: z.string().describe('The code of the lint.'),
    profiles: z.array(Profile).describe('The profiles that it belongs to.'),
    level: z.enum(levels).describe('An `error` breaks the profile.'),
    path: z.string().describe('The property that it is about.'),
    spec: z.string().optional().describe('What demands or recommends it.'),
    says: z.string().describe('What is wrong, as a sentence.'),
  })
  .meta({ id: 'configuration_finding' })

const Keyed = z.object({
  key: z.string().optional().describe('The key of the client, if it has one.'),
  clientId: z.int().describe('The ID of the client.'),
})

export const planned = {
  changes: z.array(PlannedChange).describe('The properties that change.'),
  clients: z
    .object({
      created: z.array(z.string()).describe('The keys of new clients.'),
      updated: z.array(z.string()).describe('The keys of clients that change.'),
      deleted: z.array(Keyed).describe('The clients that are deleted.'),
      unchanged: z.int().describe('How many clients of the configuration stay as they are.'),
    })
    .describe('What happens to clients.'),
  lint: z
    .object({
      appears: z.array(PlannedFinding).describe('Findings that are new.'),
      vanishes: z.array(PlannedFinding).describe('Findings that are mended.'),
      broken: z.array(Profile).describe('Required profiles that the result breaks.'),
    })
    .describe('What lints find in the service and in the clients of the configuration.'),
  effects: z
    .array(
      z.object({
        kind: z.enum(effectKinds).describe('What is lost.'),
        name: z.string().describe('The scope, grant type, response type, key or client.'),
        clients: z.int().optional().describe('How many clients of the service use it.'),
        atLeast: z
          .boolean()
          .optional()
          .describe('Whether more clients were there than were looked at.'),
        says: z.string().describe('What it means, as a sentence.'),
      }),
    )
    .describe('What it means for clients and tokens that there are.'),
  warnings: z.array(Warning).optional().describe('Settings of the service that cannot work.'),
}

export const PlanResponse = z
  .object({
    ...planned,
    etags: ConfigurationTags.describe('What the plan was made from, for applying it.'),
  })
  .meta({ id: 'configuration_plan' })

export function describePlan({ service, clients, deleted, lint, effects }: Plan) {
  const { warnings } = service
  return {
    changes: [
      ...service.changes.map((change) => describeChange('service', change)),
      ...clients.flatMap(({ key, changes }) =>
        changes.map((change) => describeChange(`clients.${key}`, change)),
      ),
    ],
    clients: {
      created: clients.filter(({ current }) => !current).map(({ key }) => key),
      updated: clients.filter(({ current, row }) => current && row).map(({ key }) => key),
      deleted: deleted.map((client) => ({
        key: clientKey.read(client),
        clientId: client.clientId,
      })),
      unchanged: clients.filter(({ row }) => !row).length,
    },
    lint,
    effects,
    ...(warnings.length > 0 ? { warnings } : {}),
  }
}

function describeChange(document: string, change: AuditChange): PlannedChange {
  const { property, changed, ...values } = change
  const path = `${document}.${property}`
  return changed ? { path, before: '(secret)', after: '(secret, changed)' } : { path, ...values }
}
