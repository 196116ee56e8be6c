/** Keys of a service that a hardware security module, or another key provider, holds. */
import { z } from 'zod'
import { LongText, Text } from '../primitives.ts'

/** The key sets of a service. */
export const KeySetName = z.enum(['protocol', 'federation', 'credential'])
export type KeySetName = z.output<typeof KeySetName>

export const Hsk = z
  .object({
    kty: Text.optional().describe('The key type (RFC 7517 §4.1).'),
    use: Text.optional().describe('The use of the key (RFC 7517 §4.2).'),
    kid: Text.optional().describe('The key ID (RFC 7517 §4.5).'),
    hsmName: Text.optional().describe('The name of the hardware security module.'),
    handle: Text.optional().describe('The handle of the key in the module.'),
    publicKey: LongText.optional().describe('The public key in PEM.'),
    alg: Text.optional().describe('The algorithm (RFC 7517 §4.4).'),
    set: KeySetName.optional().describe('The key set that the key belongs to.'),
    reference: Text.optional().describe('How the module finds the key; not secret.'),
  })
  .meta({ id: 'hsk' })
export type Hsk = z.output<typeof Hsk>

/** A key in use: all members are there. */
const HardwareKey = Hsk.required()
export type HardwareKey = z.output<typeof HardwareKey>

/** What the engine itself keeps of the keys of a service; callers cannot write it. */
export const ServiceKeys = z.object({ hardware: z.array(HardwareKey).default([]) })
export type ServiceKeys = z.output<typeof ServiceKeys>
