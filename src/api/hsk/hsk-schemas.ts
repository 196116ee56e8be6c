/** Schemas that the operations of keys in modules share. */
import { z } from 'zod'
import { Hsk } from '../../model/service/hsk.ts'
import type { Refusal } from '../../refusal.ts'
import { action } from '../fields.ts'

export const HandlePath = z.object({
  handle: z.string().min(1).max(100).describe('Handle of the key.'),
})

export const hskResponse = (id: string) =>
  z
    .object({
      action: action('SUCCESS', 'INVALID_REQUEST', 'NOT_FOUND', 'SERVER_ERROR'),
      hsk: Hsk.optional().describe('The key.'),
    })
    .meta({ id })

/** The action for a refusal: a module that cannot be used is no fault of the caller. */
export const refusedHsk = ({ rule }: Refusal): { action: 'INVALID_REQUEST' | 'SERVER_ERROR' } => ({
  action: rule.error === 'server_error' ? 'SERVER_ERROR' : 'INVALID_REQUEST',
})

export const about = { tag: 'Hardware Security Key' } as const
