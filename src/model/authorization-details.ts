/** Authorization details, RFC 9396 §2, as this API writes them. */

import { z } from 'zod'
import { parseJson } from './json.ts'

function isObjectText(text: string): boolean {
  try {
    const parsed: unknown = parseJson(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}

export const AuthorizationDetailsElement = z
  .object({
    type: z.string().min(1).max(1_000).describe('Type of the authorization details.'),
    locations: z.array(z.string()).optional().describe('Where they apply.'),
    actions: z.array(z.string()).optional().describe('What is to be done.'),
    dataTypes: z.array(z.string()).optional().describe('Kinds of data.'),
    identifier: z.string().optional().describe('Identifier.'),
    privileges: z.array(z.string()).optional().describe('Privileges.'),
    otherFields: z
      .string()
      .refine(isObjectText, 'Expected the JSON text of an object.')
      .optional()
      .describe('Further members, as JSON text.'),
  })
  .meta({ id: 'authorization_details_element' })
export type AuthorizationDetailsElement = z.output<typeof AuthorizationDetailsElement>

/** A list of authorization details. */
export const AuthzDetails = z
  .object({
    elements: z.array(AuthorizationDetailsElement).optional().describe('The elements.'),
  })
  .meta({ id: 'authz_details' })
