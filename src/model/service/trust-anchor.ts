/** A trust anchor of OpenID Federation. */
import { z } from 'zod'
import { LongText, Text } from '../primitives.ts'

export const TrustAnchor = z
  .object({
    entityId: Text.optional().describe('The entity identifier of the trust anchor.'),
    jwks: LongText.optional().describe('The key set of the trust anchor, as JSON text.'),
  })
  .meta({ id: 'trust_anchor' })
