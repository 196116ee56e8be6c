/** A scope that carries a value, such as `payment:123`. */
import { z } from 'zod'

export const DynamicScope = z
  .object({
    name: z.string().optional().describe('Name.'),
    value: z.string().optional().describe('Value.'),
  })
  .meta({ id: 'dynamic_scope' })
