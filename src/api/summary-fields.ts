/** Fields that summaries of services and clients share. */
import { z } from 'zod'

export const summary = {
  name: z.string().optional(),
  labels: z.array(z.string()).optional(),
  key: z.string().optional(),
  version: z.int().describe('Grows with every change; the ETag of the document begins with it.'),
}
