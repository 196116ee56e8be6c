/** A configuration as the API takes it: a file whose references were replaced by values. */
import { z } from 'zod'
import { ClientDocument } from '../client/client.ts'
import { LongText, Text } from '../primitives.ts'
import { ServiceDocument } from '../service/service.ts'
import { ConfigurationKey, Deletion, ManagedKeys, NewClientId, RequiredProfiles } from './parts.ts'

/** Clients that one call changes, so that the commit stays short. */
export const mostClients = 500

const Keep = z.strictObject({ keep: z.literal(true) })
const Generate = z.strictObject({ generate: z.literal(true) })

export const RequestedService = ServiceDocument.omit({ hsks: true }).meta({
  id: 'configuration_service',
})
export type RequestedService = z.output<typeof RequestedService>

export const RequestedClient = ClientDocument.omit({ registrationAccessTokenHash: true })
  .extend({
    key: ConfigurationKey.describe('Names the client: its attribute `ext.config.key`.'),
    clientId: z
      .int()
      .min(1)
      .optional()
      .describe('The ID of a client that has no key yet, and gets this one.'),
    newClientId: NewClientId.optional(),
    clientSecret: z
      .union([Text.min(1), Generate, Keep])
      .optional()
      .describe('The secret; without, it is kept, and a new client gets a random one.'),
    jwks: z.union([LongText, Keep]).optional().describe('The key set of the client as JSON text.'),
    locked: z.boolean().optional().describe('Without, a client that is locked stays locked.'),
  })
  .meta({ id: 'configuration_client' })
export type RequestedClient = z.output<typeof RequestedClient>

export const RequestedClients = z
  .object({
    delete: Deletion.default('never'),
    deleted: z
      .array(ConfigurationKey)
      .max(mostClients)
      .default([])
      .describe('The keys of clients to delete, with `listed-keys`.'),
    items: z.array(RequestedClient).max(mostClients).default([]).describe('The clients.'),
  })
  .meta({ id: 'configuration_clients' })

export const ConfigurationRequest = z
  .object({
    key: ConfigurationKey.optional().describe('The key that the service has, or gets.'),
    service: RequestedService.optional().describe(
      'The settings of the service; without, they stay. Secrets that are omitted stay, too.',
    ),
    keys: ManagedKeys.optional(),
    clients: RequestedClients.prefault({}).describe(
      'The clients. A client that is not named stays as it is.',
    ),
    lint: z
      .object({ require: RequiredProfiles.optional() })
      .prefault({})
      .describe('What must not be broken.'),
  })
  .meta({ id: 'configuration_request' })
export type ConfigurationRequest = z.output<typeof ConfigurationRequest>

export const ConfigurationTags = z
  .object({
    service: z.string().max(100).describe('The `ETag` of the service.'),
    clients: z
      .array(
        z.object({
          clientId: z.int().describe('The ID of the client.'),
          etag: z.string().max(100).describe('Its `ETag`.'),
        }),
      )
      .max(2 * mostClients)
      .describe('Those of the clients that the configuration names or deletes.'),
  })
  .meta({ id: 'configuration_etags' })
export type ConfigurationTags = z.output<typeof ConfigurationTags>
