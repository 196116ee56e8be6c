/** A key that is held by a hardware security module. */
import { z } from 'zod'
import { LongText, Text } from '../primitives.ts'

export const Hsk = z
  .object({
    kty: Text.optional().describe('Key type, RFC 7517 §4.1.'),
    use: Text.optional().describe('Use of the key, RFC 7517 §4.2.'),
    kid: Text.optional().describe('Key id, RFC 7517 §4.5.'),
    hsmName: Text.optional().describe('Name of the module.'),
    handle: Text.optional().describe('Handle of the key at the module.'),
    publicKey: LongText.optional().describe('The public key in PEM.'),
    alg: Text.optional().describe('Algorithm, RFC 7517 §4.4.'),
  })
  .meta({ id: 'hsk' })
