/** Scopes that a subject granted to a client: the latest grant, and all grants merged. */
import { z } from 'zod'

export const GrantedScopes = z.object({
  latest: z.array(z.string()).default([]),
  merged: z.array(z.string()).default([]),
})
export type GrantedScopes = z.output<typeof GrantedScopes>
