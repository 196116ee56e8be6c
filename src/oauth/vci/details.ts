/** Authorization details of the type `openid_credential`, OpenID4VCI §5.1.1 and §6.2. */
import { parseExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { credentialConfigurations, credentialIssuerOf } from './configuration.ts'
import { type CredentialGrant, credentialDetailType, grantedCredentials } from './granted.ts'

const rules = defineRules('Credential details', {
  configurationUnknown: {
    code: 'P123001',
    error: 'invalid_authorization_details',
    spec: 'OpenID4VCI §5.1.1',
    message:
      'The credential_configuration_id of the authorization_details must be a configuration of the issuer.',
    fix: 'Name a `credential_configuration_id` of the credential issuer metadata, or add the configuration there.',
    settings: ['service.credentialIssuerMetadata'],
  },
  locationMissing: {
    code: 'P123002',
    error: 'invalid_authorization_details',
    spec: 'OpenID4VCI §5.1.1',
    message: 'The locations of the authorization_details must contain the credential issuer.',
    fix: 'Add the identifier of the credential issuer to `locations`: its metadata name authorization servers.',
    settings: ['service.credentialIssuerMetadata'],
  },
  claims: {
    code: 'P123003',
    error: 'invalid_authorization_details',
    spec: 'OpenID4VCI §5.1.1',
    message:
      'The claims of the authorization_details must be an array of objects, not an empty one.',
    fix: 'Send `claims` as an array with at least one object, or omit it.',
  },
})

type Detail = Record<string, unknown> & { type: string }

/** Unknown members never make the details invalid, OpenID4VCI §5.1.1. */
export function requireCredentialDetails(service: Service, details: readonly Detail[]): void {
  if (!service.verifiableCredentialsEnabled) return
  for (const detail of details) {
    if (detail.type === credentialDetailType) requireCredentialDetail(service, detail)
  }
}

function requireCredentialDetail(service: Service, detail: Detail): void {
  const { credential_configuration_id: id, locations, claims } = detail
  const isKnown = typeof id === 'string' && credentialConfigurations(service).has(id)
  if (!isKnown) refuse(rules.configurationUnknown, String(id).slice(0, 100))
  const isPlaced = Array.isArray(locations) && locations.includes(credentialIssuerOf(service))
  const hasServers = (service.credentialIssuerMetadata?.authorizationServers ?? []).length > 0
  if (hasServers && !isPlaced) refuse(rules.locationMissing)
  if (claims === undefined) return
  const isList = Array.isArray(claims) && claims.length > 0
  if (!isList || !claims.every(isObject)) refuse(rules.claims)
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * OpenID4VCI §6.1.1: a token request may ask for a part of the granted configurations, also if a
 * scope or an offer granted them. Returns what is granted for an element; undefined for nothing.
 */
export function grantedDetail(
  service: Service,
  grant: CredentialGrant,
): (part: Detail, whole: readonly Detail[]) => Detail | undefined {
  let known: ReadonlySet<unknown> | undefined
  const granted = () => {
    known ??= new Set(grantedCredentials(service, grant).map((each) => each.configurationId))
    return known
  }
  return (part, whole) => {
    const isOurs = service.verifiableCredentialsEnabled && part.type === credentialDetailType
    if (!isOurs) return undefined
    requireCredentialDetail(service, part)
    const id = part['credential_configuration_id']
    const isSame = (each: Detail) =>
      each.type === credentialDetailType && each['credential_configuration_id'] === id
    return whole.find(isSame) ?? (granted().has(id) ? part : undefined)
  }
}

/**
 * The member `authorization_details` of token responses, JWTs and introspection, RFC 9396 §7. It
 * names the datasets of each configuration, OpenID4VCI §6.2.
 */
export function detailsWithDatasets(
  service: Service,
  grant: CredentialGrant,
): { authorization_details?: unknown } {
  const { authorizationDetails: text } = grant
  if (text === undefined) return {}
  const details = parseExact(text) as Detail[]
  if (!service.verifiableCredentialsEnabled) return { authorization_details: details }
  const datasets = new Map<unknown, readonly string[]>(
    grantedCredentials(service, grant).map((each) => [each.configurationId, each.identifiers]),
  )
  const shown = details.flatMap((detail) => {
    if (detail.type !== credentialDetailType) return [detail]
    const identifiers = datasets.get(detail['credential_configuration_id'])
    return identifiers ? [{ ...detail, credential_identifiers: identifiers }] : []
  })
  return shown.length > 0 ? { authorization_details: shown } : {}
}
