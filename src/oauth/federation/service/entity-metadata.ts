/** Metadata of the service as a federation entity, OpenID Federation §5.1.1. */
import { parseExact } from '../../../model/exact-json.ts'
import type { Service } from '../../../model/service/service.ts'
import { type AttributeForm, defineAttribute } from '../../attribute.ts'
import { splitUri } from '../../uri.ts'

type Members = Readonly<Record<string, unknown>>

/** Keys are in the statement itself, and only superiors have endpoints for subordinates. */
const forbidden: readonly string[] = [
  ...['jwks', 'jwks_uri', 'signed_jwks_uri'],
  ...['federation_fetch_endpoint', 'federation_list_endpoint'],
]

const members: AttributeForm<Members> = {
  parse(text) {
    const value = objectIn(text)
    return value && Object.entries(value).every(isAllowed) ? value : undefined
  },
  expected:
    'a JSON object of members of `federation_entity` without null, keys and endpoints of superiors, ' +
    'whose URLs (`…_endpoint`, `…_uri`) are https URLs without fragment',
}

const entityMetadata = defineAttribute<Members>({
  name: 'ext.federation.entity_metadata',
  of: 'service',
  form: members,
  fallback: {},
  effect:
    'Members of the metadata `federation_entity` in the entity configuration, as a JSON object, such ' +
    'as `contacts`, `policy_uri`, `federation_resolve_endpoint` and ' +
    '`federation_historical_keys_endpoint`.',
  spec: 'OpenID Federation §5.1.1',
})

function objectIn(text: string): Members | undefined {
  try {
    const value = parseExact(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Members) : undefined
  } catch {
    return undefined
  }
}

const isAllowed = ([name, value]: [string, unknown]): boolean =>
  value !== null &&
  !forbidden.includes(name) &&
  (!/_(endpoint|uri)$/.test(name) || (typeof value === 'string' && isHttps(value)))

const isHttps = (text: string): boolean => {
  const { scheme, rest = '' } = splitUri(text) ?? {}
  return scheme === 'https' && !rest.includes('#')
}

/** The metadata with the name of the organization; undefined if there are none. */
export function federationEntity(service: Service): Members | undefined {
  const { organizationName } = service
  const stated = {
    ...(organizationName ? { organization_name: organizationName } : {}),
    ...entityMetadata.read(service),
  }
  return Object.keys(stated).length > 0 ? stated : undefined
}
