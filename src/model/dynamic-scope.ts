/** A scope that carries a value, such as `payment:123`. */
import { z } from 'zod'

export const DynamicScope = z
  .object({
    name: z.string().optional(),
    value: z.string().optional(),
  })
  .meta({ id: 'dynamic_scope' })
