/** Token families: all tokens of one authorization, which are revoked together. */
import type { ServiceContext } from '../context.ts'

/**
 * The time comes first, so that new families are neighbours in the index. 128 random bits follow.
 */
export const newFamilyId = ({ system, now }: Pick<ServiceContext, 'system' | 'now'>): string =>
  `${now.toString(36).padStart(9, '0')}${system.random.token(128)}`
