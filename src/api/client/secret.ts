/** Replaces the secret of a client with a random or a chosen one. */
import { z } from 'zod'
import { changeClient } from '../../clients/change.ts'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { newSecret, secretBits, visibleSecret } from '../../oauth/client-authentication/secret.ts'
import { ClientIdentifierPath } from './schemas.ts'

const Secrets = {
  newClientSecret: z.string().describe('The new secret.'),
  oldClientSecret: z
    .string()
    .optional()
    .describe(
      'The former secret, which is refused from now on. The response omits it if only hashes of ' +
        'secrets are stored.',
    ),
}

export const secretRefresh = defineEndpoint({
  operationId: 'client_secret_refresh_api',
  method: 'get',
  path: '/api/{serviceId}/client/secret/refresh/{clientIdentifier}',
  tag: 'Client Management',
  summary: 'Create a new client secret',
  description: 'The former secret is refused immediately.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientIdentifierPath,
  response: z.object(Secrets).meta({ id: 'client_secret_refresh_response' }),
  results: { OK: { code: 'P063901', message: 'The client has a new secret.' } },
  async handle({ params }, context) {
    const client = await namedClient(context, params.clientIdentifier)
    const clientSecret = context.system.random.token(secretBits)
    const former = await changeClient(context, client, () => newSecret(clientSecret))
    const oldClientSecret = visibleSecret(context.service, former, undefined)
    return { newClientSecret: clientSecret, oldClientSecret }
  },
})

const SecretUpdateRequest = z
  .object({
    clientSecret: z
      .string()
      .regex(/^[\x21-\x7e]{1,86}$/, 'Expected 1 to 86 visible ASCII characters')
      .describe(
        'The new secret: 1 to 86 visible ASCII characters; at least 32 if it is used as a key.',
      ),
  })
  .meta({ id: 'client_secret_update_request' })

export const secretUpdate = defineEndpoint({
  operationId: 'client_secret_update_api',
  method: 'post',
  path: '/api/{serviceId}/client/secret/update/{clientIdentifier}',
  tag: 'Client Management',
  summary: 'Set a client secret',
  description: 'The former secret is refused immediately.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientIdentifierPath,
  body: SecretUpdateRequest,
  form: true,
  response: z.object(Secrets).meta({ id: 'client_secret_update_response' }),
  results: { OK: { code: 'P063902', message: 'The client secret is updated.' } },
  async handle({ params, body }, context) {
    const client = await namedClient(context, params.clientIdentifier)
    const { clientSecret } = body
    const former = await changeClient(context, client, () => newSecret(clientSecret))
    const oldClientSecret = visibleSecret(context.service, former, undefined)
    return { newClientSecret: clientSecret, oldClientSecret }
  },
})
