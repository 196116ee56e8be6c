/** A scope with a value, such as `payment:123`. */
import { z } from 'zod'

export const DynamicScope = z
  .object({
    name: z.string().optional().describe('The name of the scope, which precedes the value.'),
    value: z.string().optional().describe('The value of the scope.'),
  })
  .meta({ id: 'dynamic_scope' })
