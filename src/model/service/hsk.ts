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
    x5c: z.array(LongText).optional().describe('The certificates of the key (RFC 7517 §4.7).'),
  })
  .meta({ id: 'hsk' })
export type Hsk = z.output<typeof Hsk>

/** A key in use: all members but the certificates are there. */
const HardwareKey = Hsk.required().extend({ x5c: Hsk.shape.x5c })
export type HardwareKey = z.output<typeof HardwareKey>

/** Why a key ended. */
export const EndReason = z.enum(['unspecified', 'compromised', 'superseded'])
export type EndReason = z.output<typeof EndReason>

const moment = z.number()

/**
 * A key whose states the engine governs. Its private half is in the key set of the service or in a
 * module. Its state follows from these times, `src/model/keys/state.ts`.
 */
export const ManagedKey = z.object({
  set: KeySetName,
  kid: z.string(),
  /** RFC 7638; absent for symmetric keys, which it could reveal. */
  thumbprint: z.string().optional(),
  use: z.enum(['sig', 'enc']),
  alg: z.string(),
  kty: z.string(),
  crv: z.string().optional(),
  createdAt: moment,
  activeFrom: moment,
  /** It never signs, such as a key of a former provider. */
  verifiesOnly: z.boolean().optional(),
  /** When it stops verifying. */
  retireAt: moment.optional(),
  revokedAt: moment.optional(),
  /** When its private half was erased, or its set lost it. */
  endedAt: moment.optional(),
  reason: EndReason.optional(),
  hsmName: z.string().optional(),
  handle: z.string().optional(),
  /** Absent for symmetric keys. */
  publicJwk: z.record(z.string(), z.unknown()).optional(),
  /** A deleted key in a module, which can be restored until it is destroyed. */
  deleted: HardwareKey.optional(),
})
export type ManagedKey = z.output<typeof ManagedKey>

/** What the engine itself keeps of the keys of a service; callers cannot write it. */
export const ServiceKeys = z.object({
  hardware: z.array(HardwareKey).default([]),
  managed: z.array(ManagedKey).default([]),
})
export type ServiceKeys = z.output<typeof ServiceKeys>
