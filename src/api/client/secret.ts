/** Replaces the secret of a client with a random or a chosen one, and ends the former one. */
import { z } from 'zod'
import { changeClient } from '../../clients/change.ts'
import { namedClient } from '../../clients/named.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import type { Client } from '../../model/client/client.ts'
import {
  isHashing,
  longestGraceSeconds,
  replaceSecret,
  secretBits,
  secretExpiries,
  withoutFormerSecret,
} from '../../oauth/client-authentication/secret.ts'
import { action } from '../fields.ts'
import { ClientIdentifierPath } from './schemas.ts'

const Secrets = {
  newClientSecret: z.string().describe('The new secret.'),
  oldClientSecret: z
    .string()
    .optional()
    .describe('The former secret. The response omits it if only hashes of secrets are stored.'),
  clientSecretExpiresAt: z
    .int()
    .optional()
    .describe('When the new secret expires, in milliseconds since the epoch; absent if never.'),
  rotatedClientSecretExpiresAt: z
    .int()
    .optional()
    .describe(
      'Until when the former secret is accepted, in milliseconds since the epoch; absent if it is ' +
        'refused immediately.',
    ),
}

const about =
  'The former secret is refused immediately, or after `graceSeconds`. At most two secrets are ' +
  'accepted: a secret from before the former one is refused.'

const graceDescription =
  'How long the former secret is accepted besides the new one, in seconds: at most 30 days. ' +
  'Without it, or with 0, the former secret is refused immediately.'

const graceOf = (number: z.ZodNumber | z.ZodCoercedNumber) =>
  number.int().min(0).max(longestGraceSeconds).default(0).describe(graceDescription)

export const secretRefresh = defineEndpoint({
  operationId: 'client_secret_refresh_api',
  audits: 'client.secret_rotated',
  method: 'get',
  path: '/api/{serviceId}/client/secret/refresh/{clientIdentifier}',
  tag: 'Client Management',
  summary: 'Create a new client secret',
  description: about,
  right: 'modify_client',
  ofOneClient: true,
  params: ClientIdentifierPath,
  query: z.object({ graceSeconds: graceOf(z.coerce.number()) }),
  response: z.object(Secrets).meta({ id: 'client_secret_refresh_response' }),
  results: { OK: { code: 'P063901', message: 'The client has a new secret.' } },
  async handle({ params, query }, context) {
    const client = await namedClient(context, params.clientIdentifier)
    const clientSecret = context.system.random.token(secretBits)
    return replace(context, client, clientSecret, query.graceSeconds)
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
    graceSeconds: graceOf(z.number()),
  })
  .meta({ id: 'client_secret_update_request' })

export const secretUpdate = defineEndpoint({
  operationId: 'client_secret_update_api',
  audits: 'client.secret_rotated',
  method: 'post',
  path: '/api/{serviceId}/client/secret/update/{clientIdentifier}',
  tag: 'Client Management',
  summary: 'Set a client secret',
  description: about,
  right: 'modify_client',
  ofOneClient: true,
  params: ClientIdentifierPath,
  body: SecretUpdateRequest,
  form: true,
  response: z.object(Secrets).meta({ id: 'client_secret_update_response' }),
  results: { OK: { code: 'P063902', message: 'The client secret is updated.' } },
  async handle({ params, body }, context) {
    const client = await namedClient(context, params.clientIdentifier)
    return replace(context, client, body.clientSecret, body.graceSeconds)
  },
})

/** Of concurrent calls each replaces the secret that the one before it has set. */
async function replace(
  context: ServiceContext,
  client: Client,
  newClientSecret: string,
  graceSeconds: number,
) {
  const { service, now } = context
  let after: ReturnType<typeof replaceSecret> = {}
  const former = await changeClient(context, client, (current) => {
    after = replaceSecret(service, current, newClientSecret, { graceSeconds, now })
    return after
  })
  const oldClientSecret = isHashing(service) ? undefined : former.clientSecret
  return { newClientSecret, oldClientSecret, ...secretExpiries(after, now) }
}

export const rotatedSecretDelete = defineEndpoint({
  operationId: 'client_secret_rotated_delete_api',
  audits: 'client.secret_rotated',
  method: 'delete',
  path: '/api/{serviceId}/client/secret/rotated/delete/{clientIdentifier}',
  tag: 'Client Management',
  summary: 'End the former client secret',
  description:
    'The secret before the current one is refused immediately, although its grace period is not ' +
    'over. The call succeeds, too, if only the current one is accepted.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientIdentifierPath,
  response: z
    .object({ action: action('OK') })
    .meta({ id: 'client_secret_rotated_delete_response' }),
  results: { OK: { code: 'P100901', message: 'Only the current client secret is accepted.' } },
  async handle({ params }, context) {
    const client = await namedClient(context, params.clientIdentifier)
    await changeClient(context, client, withoutFormerSecret)
    return { action: 'OK' }
  },
})
