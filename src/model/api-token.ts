/** API tokens, with which callers use this API, and their rights. */
import { z } from 'zod'

/** Each right with the rights that it includes. */
const implied = {
  view_client: [],
  modify_client: ['view_client'],
  view_service: ['view_client'],
  use_introspection: [],
  use_service: ['use_introspection', 'view_service'],
  create_client: ['use_service', 'modify_client'],
  modify_service: ['create_client'],
  view_default_service: [],
  create_service: ['view_default_service'],
  delete_service: [],
  view_audit_log: [],
  admin: ['modify_service', 'create_service', 'delete_service'],
} as const

export const AccessRight = z.enum(Object.keys(implied) as [keyof typeof implied])
export type AccessRight = keyof typeof implied

export const ApiToken = z.object({
  label: z.string().default(''),
  rights: z.array(AccessRight),
  /** Created or configured at startup. The next configured token replaces it. */
  isBootstrap: z.boolean().optional(),
})
export type ApiToken = z.output<typeof ApiToken>

/** Whether one of the rights is, or includes, the required right. */
export function includesRight(held: readonly AccessRight[], needed: AccessRight): boolean {
  return held.some((right) => right === needed || includesRight(implied[right], needed))
}
