/** A trust anchor of OpenID Federation. */
import { z } from 'zod'
import { LongText, Text } from '../primitives.ts'

export const TrustAnchor = z
  .object({
    entityId: Text.optional().describe('Entity identifier.'),
    jwks: LongText.optional().describe('Its key set, as JSON text.'),
  })
  .meta({ id: 'trust_anchor' })
