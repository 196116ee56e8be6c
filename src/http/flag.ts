/** A boolean in a query. */
import { z } from 'zod'

/** `true`, `1` or nothing at all (`?pretty`) is true. */
export const Flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((text) => text === 'true' || text === '1' || text === '')
