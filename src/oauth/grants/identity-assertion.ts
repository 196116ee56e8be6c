/**
 * Identity assertions (ID-JAG) that this service issues by token exchange, so that a client can act
 * for its user at another authorization server: Identity Assertion Grant §4.3.
 */
import { z } from 'zod'
import type { UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { NamedBy } from '../../model/named-by.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, jsonText, readOnce, wholeNumber, words } from '../attribute.ts'
import { type Detail, parseForeignDetails } from '../authorization-details.ts'
import { isAudience, isIdentifier, isSameIdentifier } from '../identifier.ts'
import type { Parameters } from '../parameters.ts'
import { foreignResource, parseResources } from '../resource.ts'
import { parseScope } from '../scope.ts'
import { clientIdentifier, clientIdentifiers } from '../tokens/id-token.ts'
import { exchangeSigning } from './exchange-signing.ts'
import type { PresentedJwt } from './presented-jwt.ts'

const rules = defineRules('Identity assertion', {
  unauthenticated: {
    code: 'P162101',
    error: 'invalid_client',
    spec: 'Identity Assertion Grant §8.1',
    message: 'An ID-JAG is issued to authenticated clients only.',
    fix: 'Register an authentication method for the client, and send its credentials.',
    settings: ['client.tokenAuthMethod'],
  },
  audienceUnfit: {
    code: 'P162102',
    error: 'invalid_target',
    spec: 'Identity Assertion Grant §4.3',
    message: 'The audience must be one authorization server for which the client gets ID-JAGs.',
    fix: 'Send one `audience`: an issuer that the service lists and, if it has a list, the client.',
    settings: ['service.ext.id_jag.audiences', 'client.ext.id_jag.targets'],
  },
  subjectTypeUnfit: {
    code: 'P162103',
    error: 'invalid_request',
    spec: 'Identity Assertion Grant §4.3',
    message: 'The subject token for an ID-JAG must be an ID Token or a refresh token.',
    fix: 'Send an ID Token of this service, or a refresh token, as the `subject_token`.',
  },
  actorUnsupported: {
    code: 'P162104',
    error: 'invalid_request',
    spec: 'Identity Assertion Grant §4.3',
    message: 'A request for an ID-JAG must not have an actor token.',
    fix: 'Omit `actor_token` and `actor_token_type`.',
  },
  foreignSubject: {
    code: 'P162105',
    error: 'invalid_grant',
    spec: 'Identity Assertion Grant §4.3.3',
    message: 'The subject token was not issued by this service to this client about a user.',
    fix: 'Send an ID Token whose `iss` is this service and whose `aud` is the client.',
    settings: ['service.issuer'],
  },
  sessionEnded: {
    code: 'P162106',
    error: 'invalid_grant',
    spec: 'Identity Assertion Grant §4.3.3',
    message: 'The session of the ID Token has ended.',
    fix: 'Let the user log in again.',
  },
  resourceNotAllowed: {
    code: 'P162107',
    error: 'invalid_target',
    spec: 'Identity Assertion Grant §4.3',
    message: 'The client gets no ID-JAG for this resource.',
    fix: 'Request a resource that the target of the client lists.',
    settings: ['client.ext.id_jag.targets'],
  },
  scopesNotAllowed: {
    code: 'P162108',
    error: 'invalid_scope',
    spec: 'Identity Assertion Grant §4.3.3',
    message: 'The client gets no ID-JAG for any of the requested scopes.',
    fix: 'Request scopes that the target of the client lists.',
    settings: ['client.ext.id_jag.targets'],
  },
  detailsNotAllowed: {
    code: 'P165001',
    error: 'invalid_authorization_details',
    spec: 'RFC 9396 §5',
    message: 'The client gets no ID-JAG for this type of authorization_details.',
    fix: 'Request details of the types that the target of the client lists.',
    settings: ['client.ext.id_jag.targets'],
  },
})

export const idJagTokenType = 'urn:ietf:params:oauth:token-type:id-jag'

const isIssuer = (text: string): boolean => /^https:\/\/[^?#\\@]+$/.test(text) && isUrl(text)

const audiences = defineAttribute<readonly string[] | undefined>({
  name: 'ext.id_jag.audiences',
  of: 'service',
  form: words(isIssuer, 100, 'https URLs without query'),
  fallback: undefined,
  effect:
    'The issuers of other authorization servers for which clients get identity assertions (ID-JAG) ' +
    'by token exchange. Without the attribute, none.',
  spec: 'Identity Assertion Grant §4.3',
})

const seconds = defineAttribute({
  name: 'ext.id_jag.duration',
  of: 'service',
  form: wholeNumber(10, 3_600),
  fallback: 300,
  effect: 'Seconds for which an identity assertion (ID-JAG) is valid.',
  spec: 'Identity Assertion Grant §3.1',
})

const text = z.string().min(1).max(2_048)
const Target = z.strictObject({
  audience: text,
  clientId: text.optional(),
  scopes: z.array(text).max(200).optional(),
  resources: z.array(text).max(100).optional(),
  authorizationDetailsTypes: z.array(text).max(100).optional(),
})
type Target = z.output<typeof Target>
const Targets = z
  .array(Target, { error: 'Expected a list of targets' })
  .max(100, 'Expected at most 100 targets')

const targets = defineAttribute<readonly Target[]>({
  name: 'ext.id_jag.targets',
  of: 'client',
  form: jsonText(Targets, 'a JSON array of at most 100 targets'),
  fallback: [],
  effect:
    'The authorization servers at which the client may act for its users, among those of the ' +
    'service. Each target has `audience`, and may have `clientId` (the identifier of the client ' +
    'there), `scopes`, `resources` and `authorizationDetailsTypes`. Without the attribute, all of ' +
    'the service.',
  spec: 'Identity Assertion Grant §5',
})
const targetsOf = readOnce(targets)

/** Whether the service issues ID-JAGs at all. */
export const issuesIdJags = (service: Service): boolean =>
  (audiences.read(service)?.length ?? 0) > 0

interface IdJagRequest {
  client: Client
  audience: string
  /** The identifier of the client at the other authorization server. */
  clientId: string
  scopes: string[]
  resources: string[]
  /** RFC 9396 §2: elements with a type of the other server. */
  details: Detail[]
}

/** The client, the other server, and what it may request there. */
export function parseIdJagRequest(
  parameters: Parameters,
  service: Service,
  asking: { client: Client | undefined; method: ClientAuthMethod | undefined; namedBy: NamedBy },
): IdJagRequest {
  const { client, method, namedBy } = asking
  if (!client || method === 'NONE') refuse(rules.unauthenticated, { parameter: 'client_id' })
  const hasActor = parameters.get('actor_token') ?? parameters.get('actor_token_type')
  if (hasActor !== undefined) refuse(rules.actorUnsupported, { parameter: 'actor_token' })
  const [audience, ...more] = parameters.getAll('audience')
  const ofClient = targetsOf(client)
  const target = ofClient.find((each) => each.audience === audience)
  const isOfService = audiences.read(service)?.includes(audience ?? '')
  const isOfClient = ofClient.length === 0 || target !== undefined
  if (audience === undefined || more.length > 0 || !isOfService || !isOfClient) {
    refuse(rules.audienceUnfit, { parameter: 'audience', given: audience })
  }
  return {
    client,
    audience,
    clientId: target?.clientId ?? clientIdentifier(client, { namedBy }),
    scopes: scopesFor(parameters.get('scope'), target?.scopes),
    resources: resourcesFor(parseResources(parameters), target?.resources),
    details: detailsFor(parameters, target?.authorizationDetailsTypes),
  }
}

function detailsFor(parameters: Parameters, allowed: readonly string[] | undefined): Detail[] {
  const parameter = 'authorization_details'
  const details = parseForeignDetails(parameters.get(parameter))
  const foreign = allowed && details.find(({ type }) => !allowed.includes(type))
  const given = foreign?.type
  check(!foreign, rules.detailsNotAllowed, { parameter, given, expected: allowed })
  return details
}

function scopesFor(asked: string | undefined, allowed: readonly string[] | undefined): string[] {
  if (asked === undefined) return []
  const scopes = parseScope(asked)
  const kept = scopes.filter((scope) => allowed?.includes(scope) ?? true)
  if (scopes.length > 0 && kept.length === 0) {
    refuse(rules.scopesNotAllowed, { parameter: 'scope', given: scopes, expected: allowed })
  }
  return kept
}

function resourcesFor(asked: string[], allowed: readonly string[] | undefined): string[] {
  const foreign = allowed && foreignResource(allowed, asked)
  check(foreign === undefined, rules.resourceNotAllowed, { parameter: 'resource', given: foreign })
  return asked
}

export const requireSubjectType = (): never => refuse(rules.subjectTypeUnfit)

/** The user whom the subject token is about, and how the user authenticated. */
export interface Asserted {
  sub: string
  authTime?: unknown
  acr?: unknown
  amr?: unknown
  /** Who acts for the user already, RFC 8693 §4.1. */
  act?: unknown
}

/** An ID Token of this service for the client, whose signature is checked elsewhere. */
export function assertedByIdToken(
  jwt: PresentedJwt | undefined,
  service: Service,
  client: Client,
): Asserted & { sid: string | undefined } {
  const { iss, aud, sub, sid, auth_time, acr, amr, act } = jwt?.claims ?? {}
  const isOurs = jwt?.alg !== 'none' && isSameIdentifier(iss, service.issuer)
  if (!isOurs || !isAudience(aud, ...clientIdentifiers(client)) || !isIdentifier(sub)) {
    return refuse(rules.foreignSubject, { parameter: 'subject_token.aud' })
  }
  return { sub, sid: isIdentifier(sid) ? sid : undefined, authTime: auth_time, acr, amr, act }
}

export const requireUser = (subject: string | null): string =>
  subject ?? refuse(rules.foreignSubject, { parameter: 'subject_token' })

export function requireSession(isLive: boolean): void {
  if (!isLive) refuse(rules.sessionEnded, { parameter: 'subject_token.sid' })
}

/** Identity Assertion Grant §3.1. */
export function unsignedIdJag(
  service: Service,
  { client, audience, clientId, scopes, resources, details }: IdJagRequest,
  { sub, authTime, acr, amr, act }: Asserted,
  { now, jti }: { now: number; jti: string },
): UnsignedJwt & { lifetime: number } {
  const lifetime = seconds.read(service)
  const issuedAt = Math.floor(now / 1000)
  const [resource] = resources
  const claims = {
    jti,
    iss: service.issuer,
    sub,
    aud: audience,
    client_id: clientId,
    exp: issuedAt + lifetime,
    iat: issuedAt,
    ...(resource === undefined ? {} : { resource: resources.length > 1 ? resources : resource }),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(details.length > 0 ? { authorization_details: details } : {}),
    ...(act === undefined ? {} : { act }),
  }
  const signing = exchangeSigning(service, client)
  return { signing, claims, header: { typ: 'oauth-id-jag+jwt' }, lifetime }
}
