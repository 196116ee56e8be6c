/** Checks whether the server works. No API token is required. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { HttpResponse } from '../../http/response.ts'
import type { Store } from '../../store/store.ts'

export const healthcheck = defineEndpoint({
  operationId: 'lifecycle_healthcheck',
  method: 'get',
  path: '/api/lifecycle/healthcheck',
  tag: 'Utility',
  summary: 'Check whether the server works',
  description:
    'Returns the text `OK`; with `extended`, only if the database responds. `/health/ready` also ' +
    'reports whether the server accepts further requests.',
  right: 'public',
  query: z.object({ extended: Flag.describe('Whether the check includes the database.') }),
  response: z.string(),
  async handle({ query }, { store }) {
    const isWorking = !query.extended || (await answers(store))
    const text = isWorking ? 'OK' : 'The database does not answer.'
    return new HttpResponse(
      isWorking ? 200 : 500,
      { 'Content-Type': 'text/plain;charset=utf-8' },
      text,
    )
  },
})

const answers = (store: Store): Promise<boolean> =>
  store.ping().then(
    () => true,
    () => false,
  )
