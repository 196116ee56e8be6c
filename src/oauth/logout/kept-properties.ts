/**
 * Properties about logout that are not in the contract. Official SDKs do not know them and send
 * documents without them, so an update that omits one keeps it; `""`, `[]` and `false` remove it.
 */
import type { Client, ClientDocument } from '../../model/client/client.ts'
import { parseExact } from '../../model/exact-json.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import type { Problem } from '../property-problem.ts'
import { readClientMetadata } from '../registration/metadata-names.ts'

const ofService = [
  'checkSessionIframe',
  'frontchannelLogoutSupported',
  'frontchannelLogoutSessionSupported',
] as const satisfies readonly (keyof ServiceDocument)[]

const isRemoval = (value: unknown) =>
  value === '' || value === false || (Array.isArray(value) && value.length === 0)

/** The settings of an update with the properties that it omits. */
export const withKeptService = <T extends ServiceDocument>(given: T, former: Service): T => {
  const document: Record<string, unknown> = { ...given }
  for (const name of ofService) {
    const value = given[name] ?? former[name]
    document[name] = isRemoval(value) ? undefined : value
  }
  return document as T
}

/** Members of `customMetadata` that stand for properties, for callers with an official SDK. */
const members = {
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  frontchannelLogoutUri: 'frontchannel_logout_uri',
  frontchannelLogoutSessionRequired: 'frontchannel_logout_session_required',
} as const

type Name = keyof typeof members
type Kept = Pick<ClientDocument, Name>

const names = Object.keys(members) as Name[]

const isSame = (one: unknown, another: unknown) => JSON.stringify(one) === JSON.stringify(another)

/** Empty without a JSON object: the check of `customMetadata` reports that. */
function objectIn(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = parseExact(text || '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** The properties that custom metadata contain under their names in client metadata. */
function customProperties(text: string | undefined): { found: Kept } | { problem: Problem } {
  const metadata = objectIn(text)
  const asked = Object.values(members).filter((member) => Object.hasOwn(metadata, member))
  const { properties, wrong } = readClientMetadata(
    Object.fromEntries(asked.map((member) => [member, metadata[member]])),
  )
  if (wrong === undefined) return { found: properties as Kept }
  return {
    problem: { path: 'customMetadata', message: `The member ${wrong} has the wrong type.` },
  }
}

/**
 * The settings of a client with the properties that an update omits, or that are in its custom
 * metadata. A property in the call comes first, then one that was set as a property, then the
 * member of the custom metadata.
 */
export function withKeptClient(
  given: ClientDocument,
  former: Partial<Client> = {},
): { document: ClientDocument } | { problem: Problem } {
  const custom = customProperties(given.customMetadata)
  if ('problem' in custom) return custom
  const before = customProperties(former.customMetadata)
  const formerCustom = 'found' in before ? before.found : {}
  const settled = (name: Name): unknown => {
    if (given[name] !== undefined && !isRemoval(given[name])) return given[name]
    const isOwn = former[name] !== undefined && !isSame(former[name], formerCustom[name])
    if (given[name] === undefined && isOwn) return former[name]
    return isRemoval(custom.found[name]) ? undefined : custom.found[name]
  }
  const kept: Record<string, unknown> = {}
  for (const name of names) kept[name] = settled(name)
  return { document: { ...given, ...(kept as Kept) } }
}

/** Properties that a patch removed are removed: they are not kept as those that an update omits. */
export function withRemovals(patched: ClientDocument, former: Partial<Client>): ClientDocument {
  const removals: Kept = {
    postLogoutRedirectUris: [],
    frontchannelLogoutUri: '',
    frontchannelLogoutSessionRequired: false,
  }
  const removed = names.filter((name) => patched[name] === undefined && former[name] !== undefined)
  return { ...patched, ...Object.fromEntries(removed.map((name) => [name, removals[name]])) }
}

/** Whether a member of custom metadata stands for a property, so that every service supports it. */
export const isLogoutMember = (member: string): boolean =>
  Object.values<string>(members).includes(member)
