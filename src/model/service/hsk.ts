/** A key that is held by a hardware security module. */
import { z } from 'zod'
import { LongText, Text } from '../primitives.ts'

export const Hsk = z
  .object({
    kty: Text.optional().describe('The key type (RFC 7517 §4.1).'),
    use: Text.optional().describe('The use of the key (RFC 7517 §4.2).'),
    kid: Text.optional().describe('The key ID (RFC 7517 §4.5).'),
    hsmName: Text.optional().describe('The name of the hardware security module.'),
    handle: Text.optional().describe('The handle of the key in the module.'),
    publicKey: LongText.optional().describe('The public key in PEM.'),
    alg: Text.optional().describe('The algorithm (RFC 7517 §4.4).'),
  })
  .meta({ id: 'hsk' })
