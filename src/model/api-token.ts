/** Tokens by which callers use this API, and the rights that they carry. */
import { z } from 'zod'

/** Each right, and those that it includes by itself. */
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
  /** Made or configured for the start: the next one that is configured takes its place. */
  isBootstrap: z.boolean().optional(),
})
export type ApiToken = z.output<typeof ApiToken>

/** Whether one of the held rights is, or includes, the right that is needed. */
export function includesRight(held: readonly AccessRight[], needed: AccessRight): boolean {
  return held.some((right) => right === needed || includesRight(implied[right], needed))
}
