/**
 * Maps client metadata members to properties of a client and back: RFC 7591 §2, OIDC Registration
 * §2 and the specifications that extend them.
 */

import { jweAlgorithm, jweEncoding } from '../../jose/encryption-algorithm.ts'
import { jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import type { ClientDocument } from '../../model/client/client.ts'
import {
  ApplicationType,
  ClientAuthMethod,
  ClientRegistrationType,
  JweAlg,
  JweEnc,
  JwsAlg,
  ResponseMode,
  ResponseType,
  SubjectType,
} from '../../model/enums.ts'
import { ExactNumber, writeExact } from '../../model/exact-json.ts'
import { responseTypeWords } from '../authorization/response-type.ts'
import { grantTypeNames } from '../grants/grant-type.ts'

type Property = keyof ClientDocument

/** A type of value. `read` converts from JSON (undefined if wrong), `write` converts to JSON. */
interface Kind {
  read(value: unknown): unknown
  write(value: unknown): unknown
}

const same = (value: unknown) => value
const text: Kind = {
  read: (value) => (typeof value === 'string' ? value : undefined),
  write: same,
}
const flag: Kind = {
  read: (value) => (typeof value === 'boolean' ? value : undefined),
  write: same,
}
const count: Kind = {
  read: (given) => {
    const value = given instanceof ExactNumber ? Number(given.text) : given
    return Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined
  },
  write: same,
}
const list = (of: Kind): Kind => ({
  read: (value) => {
    const items = Array.isArray(value) ? value.map(of.read) : [undefined]
    return items.includes(undefined) ? undefined : items
  },
  write: (value) => (value as unknown[]).map(of.write),
})
/**
 * A list in which unknown values are ignored, RFC 7591 §2: the client may need them elsewhere.
 */
const openList = (of: Kind): Kind => ({
  read: (value) =>
    Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? value.map(of.read).filter((each) => each !== undefined)
      : undefined,
  write: list(of).write,
})
/** A JSON object that a client stores as text. */
const json: Kind = {
  read: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? writeExact(value)
      : undefined,
  write: (value) => JSON.parse(String(value)),
}

/** A closed set of values by their names in metadata. */
function words(wire: ReadonlyMap<string, string>, spelled = (value: string) => value): Kind {
  const byValue = new Map([...wire].map(([name, value]) => [value, name]))
  return {
    read: (value) => (typeof value === 'string' ? wire.get(spelled(value)) : undefined),
    write: (value) => byValue.get(String(value)),
  }
}
const wordsOf = <T extends string>(
  schema: { options: readonly T[] },
  nameOf: (value: T) => string = (value) => value.toLowerCase(),
) => new Map(schema.options.map((value) => [nameOf(value), value]))

/** Ed25519 is another name of EdDSA, RFC 9864 §2.2. The last name of a value is written. */
const sign = words(new Map([['Ed25519', 'EdDSA'], ...wordsOf(JwsAlg, jwsAlgorithm)]))
const encrypt = words(wordsOf(JweAlg, jweAlgorithm))
const encode = words(wordsOf(JweEnc, jweEncoding))
const responseType = words(wordsOf(ResponseType, responseTypeWords), (value) =>
  value.split(/ +/).sort().join(' '),
)
const responseMode = words(
  wordsOf(ResponseMode, (mode) => mode.toLowerCase().replace(/_jwt$/, '.jwt')),
)
const method = words(wordsOf(ClientAuthMethod))

const members: Record<string, [Property, Kind]> = {
  redirect_uris: ['redirectUris', list(text)],
  response_types: ['responseTypes', openList(responseType)],
  grant_types: ['grantTypes', openList(words(new Map(Object.entries(grantTypeNames))))],
  application_type: ['applicationType', words(wordsOf(ApplicationType))],
  contacts: ['contacts', list(text)],
  client_name: ['clientName', text],
  logo_uri: ['logoUri', text],
  client_uri: ['clientUri', text],
  policy_uri: ['policyUri', text],
  tos_uri: ['tosUri', text],
  jwks_uri: ['jwksUri', text],
  jwks: ['jwks', json],
  software_id: ['softwareId', text],
  software_version: ['softwareVersion', text],
  token_endpoint_auth_method: ['tokenAuthMethod', method],
  token_endpoint_auth_signing_alg: ['tokenAuthSignAlg', sign],
  sector_identifier_uri: ['sectorIdentifierUri', text],
  subject_type: ['subjectType', words(wordsOf(SubjectType))],
  id_token_signed_response_alg: ['idTokenSignAlg', sign],
  id_token_encrypted_response_alg: ['idTokenEncryptionAlg', encrypt],
  id_token_encrypted_response_enc: ['idTokenEncryptionEnc', encode],
  userinfo_signed_response_alg: ['userInfoSignAlg', sign],
  userinfo_encrypted_response_alg: ['userInfoEncryptionAlg', encrypt],
  userinfo_encrypted_response_enc: ['userInfoEncryptionEnc', encode],
  request_object_signing_alg: ['requestSignAlg', sign],
  request_object_encryption_alg: ['requestEncryptionAlg', encrypt],
  request_object_encryption_enc: ['requestEncryptionEnc', encode],
  authorization_signed_response_alg: ['authorizationSignAlg', sign],
  authorization_encrypted_response_alg: ['authorizationEncryptionAlg', encrypt],
  authorization_encrypted_response_enc: ['authorizationEncryptionEnc', encode],
  default_max_age: ['defaultMaxAge', count],
  require_auth_time: ['authTimeRequired', flag],
  default_acr_values: ['defaultAcrs', list(text)],
  initiate_login_uri: ['loginUri', text],
  request_uris: ['requestUris', list(text)],
  tls_client_auth_subject_dn: ['tlsClientAuthSubjectDn', text],
  tls_client_auth_san_dns: ['tlsClientAuthSanDns', text],
  tls_client_auth_san_uri: ['tlsClientAuthSanUri', text],
  tls_client_auth_san_ip: ['tlsClientAuthSanIp', text],
  tls_client_auth_san_email: ['tlsClientAuthSanEmail', text],
  tls_client_certificate_bound_access_tokens: ['tlsClientCertificateBoundAccessTokens', flag],
  use_mtls_endpoint_aliases: ['mtlsEndpointAliasesUsed', flag],
  require_pushed_authorization_requests: ['parRequired', flag],
  require_signed_request_object: ['requestObjectRequired', flag],
  dpop_bound_access_tokens: ['dpopRequired', flag],
  authorization_details_types: ['authorizationDetailsTypes', list(text)],
  response_modes: ['responseModes', openList(responseMode)],
  backchannel_token_delivery_mode: ['bcDeliveryMode', text],
  backchannel_client_notification_endpoint: ['bcNotificationEndpoint', text],
  backchannel_authentication_request_signing_alg: ['bcRequestSignAlg', sign],
  backchannel_user_code_parameter: ['bcUserCodeRequired', flag],
  post_logout_redirect_uris: ['postLogoutRedirectUris', list(text)],
  frontchannel_logout_uri: ['frontchannelLogoutUri', text],
  frontchannel_logout_session_required: ['frontchannelLogoutSessionRequired', flag],
  backchannel_logout_uri: ['backchannelLogoutUri', text],
  backchannel_logout_session_required: ['backchannelLogoutSessionRequired', flag],
  credential_offer_endpoint: ['credentialOfferEndpoint', text],
  organization_name: ['organizationName', text],
  spiffe_id: ['spiffeId', text],
  spiffe_bundle_endpoint: ['spiffeBundleEndpoint', text],
  signed_jwks_uri: ['signedJwksUri', text],
  client_registration_types: [
    'clientRegistrationTypes',
    openList(words(wordsOf(ClientRegistrationType))),
  ],
}

/** Members with language tags, RFC 7591 §2.2: `client_name#ja`. */
const localized: Record<string, Property> = {
  client_name: 'clientNames',
  logo_uri: 'logoUris',
  client_uri: 'clientUris',
  policy_uri: 'policyUris',
  tos_uri: 'tosUris',
}

/** All properties that have a metadata member. */
const properties = new Set<string>([
  ...Object.values(members).map(([property]) => property),
  ...Object.values(localized),
])

/** Whether a property has a metadata member. */
export const isDescribed = (property: string): boolean => properties.has(property)

/** The properties of a client without a metadata member: only callers of this API set them. */
export const beyondMetadata = (document: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !properties.has(name)))

export const isClientMetadata = (member: string): boolean =>
  Object.hasOwn(members, member.split('#')[0] ?? '')

/** The metadata member of a property; the path may continue into its value. */
export function memberOf(path: string): string | undefined {
  const property = path.split('.')[0]
  const named = Object.entries(members).find(([, [name]]) => name === property)
  const inLanguages = Object.entries(localized).find(([, name]) => name === property)
  return (named ?? inLanguages)?.[0]
}

/** Reads metadata as properties; `wrong` is the first member with a value of the wrong type. */
export function readClientMetadata(metadata: Record<string, unknown>): {
  properties: Record<string, unknown>
  wrong?: string
} {
  const read: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(metadata)) {
    // RFC 7592 §2.2: null and empty values count as absent.
    if (value === null || value === '') continue
    const [member = '', tag] = name.split('#')
    if (tag !== undefined && Object.hasOwn(localized, member)) {
      if (typeof value !== 'string') return { properties: read, wrong: member }
      const property = localized[member] ?? ''
      const values = (read[property] ?? []) as unknown[]
      values.push({ tag, value })
      read[property] = values
    } else if (tag === undefined && Object.hasOwn(members, member)) {
      const [property, kind] = members[member] as [Property, Kind]
      read[property] = kind.read(value)
      if (read[property] === undefined) return { properties: read, wrong: member }
    }
  }
  return { properties: read }
}

/** The metadata of a client, RFC 7591 §3.2.1. */
export function writeClientMetadata(client: ClientDocument): Record<string, unknown> {
  const plain = Object.entries(members).flatMap(([name, [property, kind]]) =>
    client[property] === undefined ? [] : [[name, kind.write(client[property])] as const],
  )
  const tagged = Object.entries(localized).flatMap(([name, property]) =>
    ((client[property] as ClientDocument['clientNames']) ?? []).map(
      ({ tag, value }) => [`${name}#${tag}`, value] as const,
    ),
  )
  return Object.fromEntries([...plain, ...tagged])
}
