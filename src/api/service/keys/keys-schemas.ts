/** Schemas that the operations of keys share. */
import { z } from 'zod'
import type { Refusal } from '../../../refusal.ts'
import { DescribedKey } from '../../../services/keys/describe.ts'
import { DescribedSchedule } from '../../../services/keys/schedule.ts'

export const keysResponse = <const A extends string>(id: string, ...actions: A[]) =>
  z
    .object({
      action: z.enum(actions as [A]).describe('What happened.'),
      keys: z.array(DescribedKey).optional().describe('The keys, without private members.'),
      schedules: z
        .array(DescribedSchedule)
        .optional()
        .describe('The schedules of the service by which keys are rotated.'),
    })
    .meta({ id })

/** The action for a refusal: what the server cannot do is no fault of the caller. */
export const refusedKeys = ({ rule }: Refusal): { action: 'CALLER_ERROR' | 'SERVER_ERROR' } => ({
  action: rule.error === 'server_error' ? 'SERVER_ERROR' : 'CALLER_ERROR',
})

export const about = { tag: 'Key Management' } as const

export const DryRun = z.boolean().default(false).describe('Whether the call only checks.')
export const KeyId = z.string().max(10_240)
export const Algorithm = z
  .string()
  .max(100)
  .describe('The algorithm of the key, such as `ES256` (RFC 7518 §3.1).')
