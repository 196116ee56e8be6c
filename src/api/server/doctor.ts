/** Examines the installation for an administrator. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Examination } from '../../model/installation/examination.ts'

export const serverDoctor = defineEndpoint({
  operationId: 'server_doctor_api',
  method: 'get',
  path: '/api/doctor',
  tag: 'Utility',
  summary: 'Examine the installation',
  description:
    'The checks of `postern doctor`, as the process that answers the call sees its environment, its ' +
    'files and its database: for an administrator of all services. What a service publishes is ' +
    'compared by the command only.',
  right: 'admin',
  query: z.object({
    probeSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(86_400)
      .optional()
      .describe(
        'How long the load balancer needs to notice that a process is about to end, in seconds.',
      ),
  }),
  response: Examination.meta({ id: 'server_doctor_response' }),
  results: { OK: { code: 'P158901', message: 'The installation was examined.' } },
  handle: async ({ query: { probeSeconds } }, { examine }) => examine(probeSeconds),
})
