/**
 * Outside clients: clients that came by themselves, by a metadata document (CIMD) or by dynamic
 * registration (RFC 7591), and that the caller has not vouched for. What they may do.
 */
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { defineAttribute, wholeNumber, words } from '../attribute.ts'
import type { Problem } from '../problem.ts'

type Owner = Pick<Service, 'attributes'>
type Origin = Partial<Pick<Client, 'discoveredByMetadataDocument' | 'dynamicallyRegistered'>>

/** Grants in which no user takes part, by their names on the wire. */
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
const scopeForm = words((word) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word), 100, 'scopes')

type Words = readonly string[] | undefined

/** The settings for clients that came one way. */
const settingsFor = (
  origin: 'client_id_metadata' | 'dynamic_registration',
  about: {
    clients: string
    grants: string
    full: string
    days: number
    most: number
    spec: string
  },
) => ({
  grantTypes: defineAttribute<Words>({
    name: `ext.${origin}.grant_types`,
    of: 'service',
    form: grantForm,
    fallback: undefined,
    effect: `Grants without a user that ${about.clients} may use; ${about.grants} Needs \`ext.${origin}.scopes\`.`,
    spec: about.spec,
  }),
  scopes: defineAttribute<Words>({
    name: `ext.${origin}.scopes`,
    of: 'service',
    form: scopeForm,
    fallback: undefined,
    effect: `The scopes that ${about.clients} may request; without it, all.`,
    spec: 'RFC 6749 §3.3',
  }),
  unusedDays: defineAttribute({
    name: `ext.${origin}.unused_days`,
    of: 'service',
    form: wholeNumber(1, 3_650),
    fallback: about.days,
    effect:
      `After so many days without use, ${about.clients} are removed, unless a token, code, request ` +
      'or grant of them is alive, or the caller has changed them.',
    spec: about.spec,
  }),
  limit: defineAttribute({
    name: `ext.${origin}.limit`,
    of: 'service',
    form: wholeNumber(1, 1_000_000),
    fallback: about.most,
    effect: `How many ${about.clients} the service has at most; ${about.full}`,
    spec: about.spec,
  }),
})

export const discovered = settingsFor('client_id_metadata', {
  clients: 'clients of metadata documents',
  grants: 'without it, none.',
  spec: 'CIMD §6.2',
  days: 30,
  most: 1_000,
  full:
    'when it is full, the one that has been unused for longest goes, if nothing of it is alive; ' +
    'else the new one is refused.',
})

export const registered = settingsFor('dynamic_registration', {
  clients: 'clients that registered themselves',
  grants: 'without it, those that the client registers.',
  full: 'further registrations are refused.',
  days: 365,
  most: 10_000,
  spec: 'RFC 7591 §5',
})

const day = 86_400_000

/** How long such a client stays without being used, and how many a service has at most. */
export const stayOf = (service: Owner, { unusedDays, limit }: typeof registered) => ({
  unusedMilliseconds: unusedDays.read(service) * day,
  limit: limit.read(service),
})

/** The new expiry of a client that is used, as seldom as once a day; undefined: as it is. */
export function prolonged(
  service: Owner,
  client: Origin,
  expiresAt: number,
  now: number,
): number | undefined {
  const { unusedMilliseconds } = stayOf(service, originOf(client) ?? registered)
  const wasUsedToday = expiresAt > now + unusedMilliseconds - day
  return wasUsedToday ? undefined : now + unusedMilliseconds
}

const originOf = (client: Origin) => {
  if (client.discoveredByMetadataDocument) return discovered
  return client.dynamicallyRegistered ? registered : undefined
}

/**
 * A stranger publishes a document as it likes: its client gets a grant without a user only where
 * the service lists the grant, and the scopes for such clients. Registered clients are held to such
 * a list where the service has one.
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

/** The scopes that the service lists for clients such as this one; undefined: there is no list. */
export const scopesForOutside = (service: Owner, client: Origin): Words =>
  originOf(client)?.scopes.read(service)

/** A grant without a user is for listed scopes: without a list, nothing would limit it. */
export function outsideProblem(document: ServiceDocument): Problem | undefined {
  const open = [discovered, registered].find(
    ({ grantTypes, scopes }) =>
      grantTypes.read(document)?.length && scopes.read(document) === undefined,
  )
  if (!open) return undefined
  const { grantTypes, scopes } = open
  return { path: 'attributes', message: `The attribute ${grantTypes.name} needs ${scopes.name}.` }
}
