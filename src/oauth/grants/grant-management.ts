/** Grant Management for OAuth 2.0: parameters, checks and views of managed grants. */

import type { AuthorizationDetailsElement } from '../../model/authorization-details.ts'
import type { Client } from '../../model/client/client.ts'
import { parseExact, writeExact } from '../../model/exact-json.ts'
import type { Grant } from '../../model/grant.ts'
import type { GrantView, ManagedGrant } from '../../model/grant-management.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import type { Parameters } from '../parameters.ts'

const rules = defineRules('Grant management', {
  actionMissing: {
    code: 'P084001',
    error: 'invalid_request',
    spec: 'Grant Management §7.1',
    message: 'The parameter grant_management_action is required.',
    fix: 'Send `grant_management_action`, or do not require it of clients.',
    settings: ['service.grantManagementActionRequired'],
  },
  actionUnknown: {
    code: 'P084002',
    error: 'invalid_request',
    spec: 'Grant Management §5.2',
    message: 'The grant_management_action must be create, merge or replace.',
    fix: 'Send `grant_management_action` with the value `create`, `merge` or `replace`.',
  },
  publicClient: {
    code: 'P084003',
    error: 'unauthorized_client',
    spec: 'Grant Management §5.1',
    message: 'Grant management requires client authentication.',
    fix: 'Register the client as confidential, with a client authentication method.',
    settings: ['client.clientType', 'client.tokenAuthMethod'],
  },
  grantIdMissing: {
    code: 'P084004',
    error: 'invalid_request',
    spec: 'Grant Management §5.2',
    message: 'The parameter grant_id is required for this grant_management_action.',
    fix: 'Send the `grant_id` of the grant to merge or replace, or use the action `create`.',
  },
  grantIdAlone: {
    code: 'P084005',
    error: 'invalid_request',
    spec: 'Grant Management §5.2',
    message: 'The parameter grant_id is allowed with the actions merge and replace only.',
    fix: 'Send `grant_id` together with the action `merge` or `replace` only.',
  },
  unknown: {
    code: 'P084006',
    error: 'invalid_grant_id',
    spec: 'Grant Management §5.3',
    message: 'The grant_id is unknown, or belongs to another client.',
    fix: 'Send a `grant_id` that this client received in a token response and that was not revoked.',
  },
  otherSubject: {
    code: 'P084007',
    error: 'access_denied',
    spec: 'Grant Management §5.2',
    message: 'The user who consented is not the user of the grant.',
    fix: 'Let the user log in who owns the grant, or use the action `create`.',
  },
  changed: {
    code: 'P084008',
    error: 'invalid_request',
    spec: 'Grant Management §5.2',
    message: 'The grant was changed concurrently by another authorization: try again.',
    fix: 'Send the authorization request again, one at a time for each grant.',
  },
  gone: {
    code: 'P084009',
    error: 'invalid_grant',
    spec: 'Grant Management §6.5',
    message: 'The grant was revoked, so no token is issued.',
    fix: 'Ask the user to authorize again: the grant cannot come back.',
  },
  otherClient: {
    code: 'P084010',
    error: 'insufficient_scope',
    spec: 'Grant Management §6.3',
    message: 'The grant belongs to another client or another user than the access token.',
    fix: 'Send an access token of the client and the user to whom the grant belongs.',
  },
  notFound: {
    code: 'P084011',
    error: 'invalid_grant_id',
    spec: 'Grant Management §6.6',
    message: 'The grant_id is unknown.',
    fix: 'Send a `grant_id` that was issued and not revoked.',
  },
  callIncomplete: {
    code: 'P084012',
    error: 'invalid_request',
    spec: 'Grant Management §6.2',
    message: 'The call must contain a grantId and the gmAction QUERY or REVOKE.',
    fix: 'Pass both `grantId` and `gmAction` with the value QUERY or REVOKE.',
  },
})

/** The rule for a grant that changed or ended concurrently. */
export const { changed: grantChanged, gone: grantGone } = rules
export const { notFound: grantNotFound, callIncomplete: grantCallIncomplete } = rules

const actions = { create: 'CREATE', merge: 'MERGE', replace: 'REPLACE' } as const

interface GrantManagement {
  gmAction: (typeof actions)[keyof typeof actions]
  /** The grant to change; undefined with `CREATE`. */
  grantId: string | undefined
}

/** Grant Management §5.2. Undefined if the request has no grant_management_action. */
export function parseGrantManagement(
  parameters: Parameters,
  service: Service,
  client: Client,
): GrantManagement | undefined {
  const named = parameters.get('grant_management_action')
  const grantId = parameters.get('grant_id')
  if (named === undefined) {
    if (service.grantManagementActionRequired) {
      const setting = 'service.grantManagementActionRequired'
      refuse(rules.actionMissing, { parameter: 'grant_management_action', setting })
    }
    if (grantId !== undefined) refuse(rules.grantIdAlone)
    return undefined
  }
  if (!Object.hasOwn(actions, named)) {
    const parameter = 'grant_management_action'
    refuse(rules.actionUnknown, { parameter, given: named, expected: Object.keys(actions) })
  }
  if (client.clientType === 'PUBLIC') {
    refuse(rules.publicClient, { setting: 'client.clientType', given: client.clientType })
  }
  const gmAction = actions[named as keyof typeof actions]
  if (gmAction === 'CREATE' && grantId !== undefined) refuse(rules.grantIdAlone)
  if (gmAction !== 'CREATE' && grantId === undefined)
    refuse(rules.grantIdMissing, { parameter: 'grant_id' })
  return { gmAction, grantId }
}

interface Holder {
  clientId: number
  subject: string
}

/** A grant of another client is refused like an unknown one. */
export function requireGrantOf<R extends Holder>(row: R | undefined, client: Client): R {
  if (row?.clientId !== client.clientId) refuse(rules.unknown)
  return row
}

export function requireGrantSubject(row: Holder, subject: string): void {
  if (row.subject !== subject) refuse(rules.otherSubject)
}

/** Grant Management §6.3: the grant must belong to the client and (if any) user of the token. */
export function requireManageable<R extends Holder>(
  row: R | undefined,
  client: Client,
  subject: string | undefined,
): R {
  if (!row) refuse(rules.notFound)
  const isOurs = row.clientId === client.clientId && (subject ?? row.subject) === row.subject
  if (!isOurs) refuse(rules.otherClient)
  return row
}

/** The scopes, claims and authorization details that one authorization granted. */
export function permissionsOf(grant: Grant): ManagedGrant {
  const { scopes, resources, consentedClaims, requestedIdTokenClaims = [], userInfoClaims } = grant
  const asked = [...requestedIdTokenClaims, ...Object.keys(JSON.parse(userInfoClaims ?? '{}'))]
  const details: unknown[] = parseExact(grant.authorizationDetails ?? '[]') as unknown[]
  return {
    scopes: scopes.length > 0 ? [{ scope: scopes.join(' '), resources }] : [],
    claims: [...new Set(consentedClaims ?? asked)],
    authorizationDetails: details.map((each) => writeExact(each)),
  }
}

/** The union of two grants; scopes for the same resources become one entry. */
export function mergePermissions(held: ManagedGrant, added: ManagedGrant): ManagedGrant {
  const byResources = new Map<string, { words: Set<string>; resources: string[] }>()
  for (const { scope, resources } of [...held.scopes, ...added.scopes]) {
    const key = [...resources].sort().join(' ')
    const entry = byResources.get(key) ?? { words: new Set(), resources }
    for (const word of scope.split(' ')) entry.words.add(word)
    byResources.set(key, entry)
  }
  return {
    scopes: [...byResources.values()].map(({ words, resources }) => ({
      scope: [...words].join(' '),
      resources,
    })),
    claims: [...new Set([...held.claims, ...added.claims])],
    authorizationDetails: [
      ...new Set([...held.authorizationDetails, ...added.authorizationDetails]),
    ],
  }
}

const scopesOf = ({ scopes }: ManagedGrant) =>
  scopes.map(({ scope, resources }) => ({
    scope,
    ...(resources.length > 0 ? { resource: resources } : {}),
  }))

/** The grant in the form of this API. */
export const grantView = (grant: ManagedGrant): GrantView => ({
  scopes: scopesOf(grant),
  claims: grant.claims,
  authorizationDetails: { elements: grant.authorizationDetails.map(elementOf) },
})

function elementOf(text: string): AuthorizationDetailsElement {
  const { type, locations, actions, datatypes, identifier, privileges, ...others } = parseExact(
    text,
  ) as AuthorizationDetailsElement & { datatypes?: string[] }
  return {
    type,
    locations,
    actions,
    dataTypes: datatypes,
    identifier,
    privileges,
    ...(Object.keys(others).length > 0 ? { otherFields: writeExact(others) } : {}),
  }
}

/** The response to a query, Grant Management §6.4. */
export const grantResponse = (grant: ManagedGrant): string =>
  writeExact({
    scopes: scopesOf(grant),
    claims: grant.claims,
    authorization_details: grant.authorizationDetails.map((text) => parseExact(text)),
  })
