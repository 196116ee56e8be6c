/** Families: all that comes of one authorization, and is revoked together. */
import type { ServiceContext } from '../context.ts'

/**
 * The time first, so that families that began together lie together in the index; then 128 bits
 * of chance.
 */
export const newFamilyId = ({ system, now }: Pick<ServiceContext, 'system' | 'now'>): string =>
  `${now.toString(36).padStart(9, '0')}${system.random.token(128)}`
