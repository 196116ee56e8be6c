/** Where the demands of a policy come from: settings of service and client, or a profile. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import type { Policy } from '../security-profiles.ts'

/** A profile in force, and why. */
export interface Layer {
  because: string
  profile: Partial<Policy>
}

interface Owners {
  service: Service
  client: Client | undefined
}

/** The properties that set a value without a profile. */
const properties: Partial<Record<keyof Policy, string>> = {
  issuerAudienceOnly: 'clientAssertionAudRestrictedToIssuer',
  requestObjectMerged: 'traditionalRequestObjectProcessingApplied',
  metadataDocuments: 'clientIdMetadataDocumentSupported',
  resourceRequestSigned: 'rsRequestSigned',
  resourceResponseSigned: 'rsResponseSigned',
}

/** The values that demand something, each with the setting or profile that decides. */
export function originsOf(policy: Policy, owners: Owners, layers: readonly Layer[]) {
  const demands = Object.entries(policy).filter(([, value]) => isDemand(value))
  return Object.fromEntries(
    demands.map(([name, value]) => {
      const key = name as keyof Policy
      const layer = layers.findLast(({ profile }) => profile[key] !== undefined)
      return [name, { value, because: layer?.because ?? settingOf(key, owners) }]
    }),
  )
}

const isDemand = (value: unknown) =>
  value !== false &&
  value !== undefined &&
  value !== 'any' &&
  value !== Number.POSITIVE_INFINITY &&
  !(Array.isArray(value) && value.length === 0)

function settingOf(key: keyof Policy, { service, client }: Owners): string {
  const name = properties[key] ?? key
  if (Reflect.get(service, name) === true) return `service.${name}`
  return client && Reflect.get(client, name) === true ? `client.${name}` : 'profile'
}
