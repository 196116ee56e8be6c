/** Grants in the format of Grant Management for OAuth 2.0. */
import { z } from 'zod'
import { AuthzDetails } from './authorization-details.ts'

const GrantScope = z
  .object({
    scope: z.string().optional().describe('Scopes, separated by spaces.'),
    resource: z.array(z.string()).optional().describe('Resources that the scopes are for.'),
  })
  .meta({ id: 'grant_scope' })

export const GrantView = z
  .object({
    scopes: z.array(GrantScope).optional().describe('The granted scopes.'),
    claims: z.array(z.string()).optional().describe('Names of the granted claims.'),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
  })
  .meta({ id: 'grant' })
export type GrantView = z.output<typeof GrantView>

/** A grant: what the user granted to a client under one identifier, in all authorizations. */
export const ManagedGrant = z.object({
  /** Scopes with the resources that they were granted for, RFC 8707; an empty list means any. */
  scopes: z
    .array(z.object({ scope: z.string(), resources: z.array(z.string()).default([]) }))
    .default([]),
  claims: z.array(z.string()).default([]),
  /** Authorization details as JSON texts, RFC 9396. */
  authorizationDetails: z.array(z.string()).default([]),
})
export type ManagedGrant = z.output<typeof ManagedGrant>
