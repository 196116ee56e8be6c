/** Booleans in query parameters. */
import { z } from 'zod'

/** `true`, `1` and an empty value (`?pretty`) mean true. Python clients send `True`. */
export const Flag = z
  .enum(['true', 'True', 'false', 'False', '1', '0', ''])
  .default('false')
  .transform((text) => text.toLowerCase() === 'true' || text === '1' || text === '')
