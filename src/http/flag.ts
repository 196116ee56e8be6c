/** A boolean in a query. */
import { z } from 'zod'

/** `true`, `1` or nothing at all (`?pretty`) is true, in either case: Python writes `True`. */
export const Flag = z
  .enum(['true', 'True', 'false', 'False', '1', '0', ''])
  .default('false')
  .transform((text) => text.toLowerCase() === 'true' || text === '1' || text === '')
