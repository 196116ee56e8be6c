/** Authorization details in the format of this API, RFC 9396 §2. */

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
    type: z
      .string()
      .min(1)
      .max(1_000)
      .describe('The type of the authorization details (RFC 9396 §2.1).'),
    locations: z
      .array(z.string())
      .optional()
      .describe('The locations of the resource or resource server (RFC 9396 §2.2).'),
    actions: z
      .array(z.string())
      .optional()
      .describe('The actions to be taken at the resource (RFC 9396 §2.2).'),
    dataTypes: z
      .array(z.string())
      .optional()
      .describe('The kinds of data requested from the resource (RFC 9396 §2.2).'),
    identifier: z
      .string()
      .optional()
      .describe('The identifier of a specific resource (RFC 9396 §2.2).'),
    privileges: z
      .array(z.string())
      .optional()
      .describe('The types or levels of privilege at the resource (RFC 9396 §2.2).'),
    otherFields: z
      .string()
      .refine(isObjectText, 'Expected the JSON text of an object.')
      .optional()
      .describe('All other members, as JSON text.'),
  })
  .meta({ id: 'authorization_details_element' })
export type AuthorizationDetailsElement = z.output<typeof AuthorizationDetailsElement>

/** A list of authorization details. */
export const AuthzDetails = z
  .object({
    elements: z
      .array(AuthorizationDetailsElement)
      .optional()
      .describe('The elements of the authorization details.'),
  })
  .meta({ id: 'authz_details' })
