/**
 * Changes of settings that let a refused request go on. Each is a merge patch (RFC 7396) that is
 * built from the evidence: it adds what was given to the list that lacks it, or lifts a demand.
 */
import type { Evidence, Shown } from '../../explain/evidence.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod, GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { responseTypeOf, wireModeOf } from '../authorization/response-type.ts'
import { registeredMethod } from '../client-authentication/accepted-methods.ts'
import { secretMethodNamed } from '../client-authentication/method.ts'
import { mayUseGrantType, supportsGrantType } from '../grants/grant-type.ts'
import { redirectUriProblems } from '../registration/client-rules.ts'
import { supportedScopes } from '../scope.ts'

interface Owners {
  readonly service: Service
  readonly client: Client | undefined
}

export interface OfferedChange {
  readonly of: 'service' | 'client'
  readonly clientId?: number
  readonly patch: Readonly<Record<string, unknown>>
  /** Whether fewer attacks are prevented than before. */
  readonly weakens?: true
}

type Patch = Omit<OfferedChange, 'clientId' | 'of'> | undefined
type Offer = (given: Shown, owners: { service: Service; client: Client }) => Patch
type ServiceOffer = (given: Shown, owners: Owners) => Patch

/** A list with one more entry. Without a list all are allowed, so that nothing must change. */
function appended<T>(name: string, list: readonly T[] | undefined, entry: T | undefined): Patch {
  if (entry === undefined || !list || list.includes(entry)) return undefined
  return { patch: { [name]: [...list, entry] } }
}

const textOf = (given: Shown) => (typeof given === 'string' ? given : undefined)
const isOfFrontChannel = (text: string | undefined) => /\b(?:id_)?token\b/.test(text ?? '')
/** Grants that security profiles forbid, because they expose tokens or passwords. */
const exposing = ['IMPLICIT', 'PASSWORD']

const weakening = (change: Patch, isWeaker: boolean): Patch =>
  change && isWeaker ? { ...change, weakens: true } : change

const ofClient: Record<string, Offer> = {
  redirectUris: (given, { client }) =>
    appended('redirectUris', client.redirectUris ?? [], textOf(given)),
  requestUris: (given, { client }) =>
    appended('requestUris', client.requestUris ?? [], textOf(memberOf(given, 'uri'))),
  responseTypes: (given, { client }) => {
    const type = responseTypeOf(textOf(given) ?? '')
    const change = appended('responseTypes', client.responseTypes, type)
    return weakening(change, isOfFrontChannel(textOf(given)))
  },
  responseModes: (given, { client }) =>
    appended('responseModes', client.responseModes, wireModeOf(textOf(given) ?? '')),
  grantTypes: (given, { client }) => {
    const type = given as GrantType
    const change = appended('grantTypes', client.grantTypes, type)
    const goesOn = change && mayUseGrantType(type, { ...client, ...change.patch })
    return weakening(goesOn ? change : undefined, exposing.includes(type))
  },
  tokenAuthMethod: (given, { service, client }) => {
    const tokenAuthMethod = secretMethodNamed(given)
    const isOfSecret = ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'].includes(
      registeredMethod(client),
    )
    const { supportedTokenAuthMethods: supported } = service
    if (!tokenAuthMethod || !isOfSecret) return undefined
    return (supported?.includes(tokenAuthMethod) ?? true)
      ? { patch: { tokenAuthMethod } }
      : undefined
  },
}

const ofService: Record<string, ServiceOffer> = {
  supportedResponseTypes: (given, { service }) => {
    const type = responseTypeOf(textOf(given) ?? '')
    const change = appended('supportedResponseTypes', service.supportedResponseTypes, type)
    return weakening(change, isOfFrontChannel(textOf(given)))
  },
  supportedGrantTypes: (given, { service }) => {
    const type = given as GrantType
    const change = appended('supportedGrantTypes', service.supportedGrantTypes, type)
    const goesOn = change && supportsGrantType(type, { ...service, ...change.patch })
    return weakening(goesOn ? change : undefined, exposing.includes(type))
  },
  supportedTokenAuthMethods: (given, { service }) => {
    const method = given as ClientAuthMethod
    const change = appended('supportedTokenAuthMethods', service.supportedTokenAuthMethods, method)
    return method === 'NONE' ? undefined : change
  },
  supportedScopes: (given, { service }) => {
    const known = supportedScopes(service)
    const names = new Set(known.map(({ name }) => name))
    const missing = (textOf(given) ?? '').split(' ').filter((name) => name && !names.has(name))
    if (missing.length === 0 || missing.length > 10) return undefined
    return { patch: { supportedScopes: [...known, ...missing.map((name) => ({ name }))] } }
  },
}

/** Demands of service or client alone, not of a profile, that can be lifted. */
const demands = ['pkceRequired', 'pkceS256Required', 'parRequired', 'requestObjectRequired']

/** What is safe to offer for a refusal with this evidence; undefined if nothing is. */
export function changeFor(evidence: Evidence, owners: Owners): OfferedChange | undefined {
  const [of, name] = splitSetting(evidence.setting)
  const { service, client } = owners
  const lifted = evidence.demand && demands.includes(name) ? { [name]: false } : undefined
  if (of === 'service') {
    const change: Patch = lifted
      ? { patch: lifted, weakens: true }
      : ofService[name]?.(evidence.given, owners)
    return change && { of, ...change }
  }
  if (of !== 'client' || !client || isOfOthers(client)) return undefined
  const change: Patch = lifted
    ? { patch: lifted, weakens: true }
    : ofClient[name]?.(evidence.given, { service, client })
  return change && isValid(client, change.patch)
    ? { of, clientId: client.clientId, ...change }
    : undefined
}

function splitSetting(setting = ''): ['service' | 'client' | undefined, string] {
  const [, of, name = ''] = /^(service|client)\.([A-Za-z][\w.]*)$/.exec(setting) ?? []
  return [of as 'service' | 'client' | undefined, name]
}

/** The settings are those of a document or of a federation, and would be replaced by it. */
const isOfOthers = ({ discoveredByMetadataDocument, entityId }: Client): boolean =>
  Boolean(discoveredByMetadataDocument || entityId)

const isValid = (client: Client, patch: Readonly<Record<string, unknown>>): boolean =>
  redirectUriProblems({ ...client, ...patch }).every((problem) => problem === undefined)

const memberOf = (value: Shown, name: string): Shown =>
  typeof value === 'object' && value !== null ? (Reflect.get(value, name) as Shown) : undefined
