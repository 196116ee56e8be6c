/**
 * Rich authorization requests, RFC 9396: authorization details of requests, grants and tokens.
 * Internally they are the JSON text that the specification defines.
 */

import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { AuthzDetails } from '../model/authorization-details.ts'
import type { Client } from '../model/client/client.ts'
import { parseExact, writeExact } from '../model/exact-json.ts'
import { isStorable } from '../model/primitives.ts'
import type { Service } from '../model/service/service.ts'
import type { TokenDetails } from '../model/token/info.ts'
import { defineRules, refuse } from '../refusal.ts'
import { requireCredentialDetails } from './vci/details.ts'

const rules = defineRules('Authorization details', {
  malformed: {
    code: 'P012101',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §2',
    message: 'The authorization_details must be a JSON array of objects with a type each.',
    fix: 'Send `authorization_details` as a JSON array of objects, each with a non-empty `type`.',
  },
  tooLarge: {
    code: 'P012102',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §2',
    message: 'The authorization_details are too large: the limit is 100 elements and 16 levels.',
    fix: 'Send at most 100 elements and 16 levels in `authorization_details`.',
  },
  fieldInvalid: {
    code: 'P012103',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §2.2',
    message: 'A common field of the authorization_details has the wrong JSON type.',
    fix: 'Send `locations`, `actions`, `datatypes` and `privileges` as arrays of strings, and `identifier` as a string.',
  },
  typeUnsupported: {
    code: 'P012104',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §5',
    message: 'An authorization_details type is not supported by the service.',
    fix: 'Add the type to the service, or send a supported one.',
    settings: ['service.supportedAuthorizationDetailsTypes'],
  },
  typeNotForClient: {
    code: 'P012105',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §10',
    message: 'An authorization_details type is not allowed for the client.',
    fix: 'Add the type to the client, or send a registered one.',
    settings: ['client.authorizationDetailsTypes'],
  },
  widened: {
    code: 'P012106',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §6.1',
    message: 'The request contains authorization_details that were not granted.',
    fix: 'Request only details that were granted, or parts of them; further ones require a new authorization request.',
  },
})

export type Detail = Record<string, unknown> & { type: string }
export type ApiDetails = z.output<typeof AuthzDetails>
type ApiElement = NonNullable<ApiDetails['elements']>[number]

const elementLimit = 100
const depthLimit = 16

/** Common fields that are lists, RFC 9396 §2.2. `datatypes` is `dataTypes` in this API. */
const lists = ['locations', 'actions', 'datatypes', 'privileges'] as const

/** Parses and checks the parameter. Returns normalized JSON text, undefined for an empty list. */
export function parseAuthorizationDetails(
  text: string | undefined,
  service: Service,
  client: Partial<Pick<Client, 'authorizationDetailsTypes'>>,
): string | undefined {
  if (text === undefined) return undefined
  const details = parseDetails(text)
  for (const { type } of details) {
    if (!service.supportedAuthorizationDetailsTypes?.includes(type)) {
      const expected = service.supportedAuthorizationDetailsTypes
      const setting = 'service.supportedAuthorizationDetailsTypes'
      refuse(rules.typeUnsupported, { setting, given: type, expected })
    }
    if (client.authorizationDetailsTypes && !client.authorizationDetailsTypes.includes(type)) {
      const expected = client.authorizationDetailsTypes
      const setting = 'client.authorizationDetailsTypes'
      refuse(rules.typeNotForClient, { setting, given: type, expected })
    }
  }
  requireCredentialDetails(service, details)
  return details.length > 0 ? writeExact(details) : undefined
}

/** The details of a grant whose types service and client still support. */
export function keepAuthorizationDetails(
  text: string | undefined,
  service: Service,
  client: Client,
): string | undefined {
  if (text === undefined) return undefined
  const supported = service.supportedAuthorizationDetailsTypes
  const own = client.authorizationDetailsTypes
  const kept = (parseExact(text) as Detail[]).filter(
    ({ type }) => supported?.includes(type) && (own?.includes(type) ?? true),
  )
  return kept.length > 0 ? writeExact(kept) : undefined
}

/** Details for another authorization server: only that one knows what its types mean. */
export const parseForeignDetails = (text: string | undefined): Detail[] =>
  text === undefined ? [] : parseDetails(text)

/** Details that an assertion grants: of types of its issuer that service and client support. */
export function detailsOfAssertion(
  claim: unknown,
  types: readonly string[],
  service: Service,
  client: Client,
): string | undefined {
  if (claim === undefined) return undefined
  const listed = parseDetails(writeExact(claim)).filter(({ type }) => types.includes(type))
  const kept = keepAuthorizationDetails(writeExact(listed), service, client)
  return parseAuthorizationDetails(kept, service, client)
}

function parseDetails(text: string): Detail[] {
  const parsed = jsonOf(text)
  if (!Array.isArray(parsed)) refuse(rules.malformed)
  if (parsed.length > elementLimit) refuse(rules.tooLarge)
  requirePlain(parsed, 0)
  return parsed.map(requireDetail)
}

function jsonOf(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return refuse(rules.malformed)
  }
}

function requireDetail(value: unknown): Detail {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(rules.malformed)
  const detail = value as Record<string, unknown>
  const { type, identifier } = detail
  if (typeof type !== 'string' || type === '') refuse(rules.malformed)
  const isTextual = (list: unknown) =>
    list === undefined || (Array.isArray(list) && list.every((each) => typeof each === 'string'))
  if (!lists.every((name) => isTextual(detail[name]))) refuse(rules.fieldInvalid)
  if (identifier !== undefined && typeof identifier !== 'string') refuse(rules.fieldInvalid)
  return { ...detail, type }
}

function requirePlain(value: unknown, depth: number): void {
  if (depth > depthLimit) refuse(rules.tooLarge)
  if (typeof value === 'string' && !isStorable(value)) refuse(rules.malformed)
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    requirePlain(name, depth)
    requirePlain(member, depth + 1)
  }
}

/**
 * RFC 9396 §6.1: a token request may narrow the granted details; without the parameter it gets all.
 * A narrowed element has the same fields, and its common lists may be shorter. All other fields
 * must be equal, because only the deployment knows what they mean. `instead` says what is granted
 * for an element of a type that has rules of its own.
 */
export function narrowAuthorizationDetails(
  asked: string | undefined,
  granted: string | undefined,
  instead: (part: Detail, whole: readonly Detail[]) => Detail | undefined = () => undefined,
): string | undefined {
  if (asked === undefined) return granted
  const whole = granted === undefined ? [] : parseDetails(granted)
  const parts = parseDetails(asked).map((part) => {
    if (whole.some((each) => isPart(part, each))) return part
    return instead(part, whole) ?? refuse(rules.widened)
  })
  return writeExact(parts)
}

function isPart(part: Detail, whole: Detail): boolean {
  const names = new Set([...Object.keys(part), ...Object.keys(whole)])
  return [...names].every((name) => {
    const [less, more] = [part, whole].map((each) =>
      Object.hasOwn(each, name) ? each[name] : undefined,
    )
    const isList = (lists as readonly string[]).includes(name)
    if (!isList || !Array.isArray(less) || !Array.isArray(more)) {
      return isDeepStrictEqual(less, more)
    }
    const known = new Set(more)
    return less.length > 0 && less.every((each) => known.has(each))
  })
}

/** The details in the form of this API. */
export function detailsToApi(text: string | undefined): ApiDetails | undefined {
  if (text === undefined) return undefined
  return { elements: (parseExact(text) as Detail[]).map(elementToApi) }
}

/**
 * The details of token info. The contract declares one element, but most official clients read a
 * list, so the result has both: the complete list, and the members of a single element beside it.
 * With several elements the type is "", which satisfies parsers that require a type.
 */
export function detailsToTokenInfo(text: string | undefined): TokenDetails | undefined {
  const elements = detailsToApi(text)?.elements
  if (!elements) return undefined
  const [only, another] = elements
  return { elements, ...(only && !another ? only : { type: '' }) }
}

function elementToApi(detail: Detail): ApiElement {
  const { type, locations, actions, datatypes, identifier, privileges, ...other } = detail
  const common = { locations, actions, dataTypes: datatypes, identifier, privileges }
  const given = Object.entries(common).filter(([, value]) => value !== undefined)
  const otherFields = Object.keys(other).length > 0 ? { otherFields: writeExact(other) } : {}
  return { type, ...Object.fromEntries(given), ...otherFields }
}

/** The details that a caller decided, as JSON text; undefined where it decided none. */
export function detailsFromApi(details: ApiDetails | undefined): string | undefined {
  if (!details?.elements) return undefined
  const elements = details.elements.map(elementFromApi)
  return elements.length > 0 ? writeExact(elements) : undefined
}

function elementFromApi({ otherFields, dataTypes, ...common }: ApiElement): Detail {
  const other = otherFields ? (parseExact(otherFields) as Record<string, unknown>) : {}
  return { ...other, ...common, ...(dataTypes === undefined ? {} : { datatypes: dataTypes }) }
}
