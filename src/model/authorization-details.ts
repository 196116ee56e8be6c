/** Authorization details, RFC 9396 §2, as this API writes them. */
import { z } from 'zod'

export const AuthorizationDetailsElement = z
  .object({
    type: z.string().optional(),
    locations: z.array(z.string()).optional(),
    actions: z.array(z.string()).optional(),
    dataTypes: z.array(z.string()).optional(),
    identifier: z.string().optional(),
    privileges: z.array(z.string()).optional(),
    otherFields: z.string().optional(),
  })
  .meta({ id: 'authorization_details_element' })

/** A list of authorization details. */
export const AuthzDetails = z
  .object({
    elements: z.array(AuthorizationDetailsElement).optional(),
  })
  .meta({ id: 'authz_details' })
