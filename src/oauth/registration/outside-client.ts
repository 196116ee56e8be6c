/**
 * Outside clients: clients that registered themselves by a metadata document (CIMD), by dynamic
 * registration (RFC 7591) or through a federation (OpenID Federation §12). This file limits their
 * grants, their scopes, their lifetime and number.
 */
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { defineAttribute, wholeNumber, words } from '../attribute.ts'
import { isFederated } from '../federation/federated-client.ts'
import type { Problem } from '../property-problem.ts'

type Owner = Pick<Service, 'attributes'>
type Origin = Partial<
  Pick<
    Client,
    | 'discoveredByMetadataDocument'
    | 'dynamicallyRegistered'
    | 'automaticallyRegistered'
    | 'explicitlyRegistered'
  >
>

/** Grant types without a user, by their names in requests. */
const grantsWithoutUser = {
  client_credentials: 'CLIENT_CREDENTIALS',
  password: 'PASSWORD',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'TOKEN_EXCHANGE',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'JWT_BEARER',
} as const satisfies Record<string, GrantType>

const withoutUser: readonly GrantType[] = Object.values(grantsWithoutUser)

const grantForm = words(
  (word) => Object.hasOwn(grantsWithoutUser, word),
  withoutUser.length,
  `names out of ${Object.keys(grantsWithoutUser)
    .map((name) => `\`${name}\``)
    .join(', ')}`,
)
export const scopeForm = words((word) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word), 100, 'scopes')

type Words = readonly string[] | undefined

const formerNames = ({ formerly }: { formerly?: string }, name: string) =>
  formerly === undefined ? [] : [`ext.${formerly}.${name}` as const]

/** Declares the attributes for one origin of outside clients. */
const settingsFor = (
  origin: 'client_id_metadata' | 'dcr' | 'federation',
  about: {
    /** The former middle part of the names. */
    formerly?: string
    clients: string
    title: string
    grants: string
    full: string
    days: number
    most: number
    spec: string
  },
) => ({
  grantTypes: defineAttribute<Words>({
    name: `ext.${origin}.grant_types`,
    formerly: formerNames(about, 'grant_types'),
    of: 'service',
    form: grantForm,
    fallback: undefined,
    effect: `Grants without a user that ${about.clients} may use; ${about.grants} Requires \`ext.${origin}.scopes\`.`,
    spec: about.spec,
  }),
  scopes: defineAttribute<Words>({
    name: `ext.${origin}.scopes`,
    formerly: formerNames(about, 'scopes'),
    of: 'service',
    form: scopeForm,
    fallback: undefined,
    effect: `The scopes that ${about.clients} may request; without the attribute, all scopes.`,
    spec: 'RFC 6749 §3.3',
  }),
  unusedDays: defineAttribute({
    name: `ext.${origin}.unused_days`,
    formerly: formerNames(about, 'unused_days'),
    of: 'service',
    form: wholeNumber(1, 3_650),
    fallback: about.days,
    effect:
      `${about.title} are removed after this number of days without use, unless they have an ` +
      'active token, code, request or grant, or the caller has changed them.',
    spec: about.spec,
  }),
  limit: defineAttribute({
    name: `ext.${origin}.limit`,
    formerly: formerNames(about, 'limit'),
    of: 'service',
    form: wholeNumber(1, 1_000_000),
    fallback: about.most,
    effect: `The maximum number of ${about.clients}; ${about.full}`,
    spec: about.spec,
  }),
})

export const discovered = settingsFor('client_id_metadata', {
  clients: 'clients with a metadata document',
  title: 'Clients with a metadata document',
  grants: 'without the attribute, none.',
  spec: 'CIMD §6.2',
  days: 30,
  most: 1_000,
  full:
    'beyond it, a new client replaces the client that has been unused for longest, if that has no ' +
    'active token, code, request or grant; otherwise the new client is rejected.',
})

export const registered = settingsFor('dcr', {
  formerly: 'dynamic_registration',
  clients: 'dynamically registered clients',
  title: 'Dynamically registered clients',
  grants: 'without the attribute, those that the client registers.',
  full: 'further registrations are rejected.',
  days: 365,
  most: 10_000,
  spec: 'RFC 7591 §5',
})

export const federated = settingsFor('federation', {
  clients: 'clients of a federation',
  title: 'Clients of a federation',
  grants: 'without the attribute, none.',
  full: 'further registrations are rejected.',
  days: 30,
  most: 100_000,
  spec: 'OpenID Federation §12',
})

const day = 86_400_000

/** How long an unused client is kept, in milliseconds, and how many a service may have. */
export const stayOf = (service: Owner, { unusedDays, limit }: typeof registered) => ({
  unusedMilliseconds: unusedDays.read(service) * day,
  limit: limit.read(service),
})

/**
 * The new expiry of a client that is used; undefined: no change is needed. It changes at most once
 * a day, or once in half of a shorter time.
 */
export function prolonged(
  service: Owner,
  client: Origin,
  expiresAt: number,
  now: number,
): number | undefined {
  const { unusedMilliseconds } = stayOf(service, originOf(client) ?? registered)
  const interval = Math.min(day, unusedMilliseconds / 2)
  const wasJustUsed = expiresAt > now + unusedMilliseconds - interval
  return wasJustUsed ? undefined : now + unusedMilliseconds
}

const originOf = (client: Origin) => {
  if (isFederated(client)) return federated
  if (client.discoveredByMetadataDocument) return discovered
  return client.dynamicallyRegistered ? registered : undefined
}

/**
 * Whether an outside client may use a grant type. Grants without a user must be listed by the
 * service, together with the scopes for outside clients. For dynamically registered clients, a
 * missing list allows all.
 */
export function mayGoWithoutUser(type: GrantType, service: Owner, client: Origin): boolean {
  const origin = withoutUser.includes(type) ? originOf(client) : undefined
  if (!origin) return true
  const listed = origin.grantTypes.read(service)
  if (!listed) return origin === registered
  const names = Object.entries(grantsWithoutUser).filter(([, each]) => each === type)
  const isListed = names.some(([name]) => listed.includes(name))
  return isListed && origin.scopes.read(service) !== undefined
}

/** The scopes that the service lists for clients of this origin; undefined without a list. */
export const scopesForOutside = (service: Owner, client: Origin): Words =>
  originOf(client)?.scopes.read(service)

/** A list of grants without a user requires a list of scopes, or nothing would limit them. */
export function outsideProblem(document: ServiceDocument): Problem | undefined {
  const open = [discovered, registered, federated].find(
    ({ grantTypes, scopes }) =>
      grantTypes.read(document)?.length && scopes.read(document) === undefined,
  )
  if (!open) return undefined
  const { grantTypes, scopes } = open
  return {
    path: 'attributes',
    message: `The attribute ${grantTypes.name} requires ${scopes.name}.`,
  }
}
