/**
 * The file of a service: its settings and clients as they shall be, for `postern plan` and
 * `postern apply`. Properties have the names of the API; secrets are references only.
 */
import { z } from 'zod'
import { ClientDocument } from '../client/client.ts'
import { LongText } from '../primitives.ts'
import { ServiceDocument, serviceSecrets } from '../service/service.ts'
import { ConfigurationKey, Deletion, ManagedKeys, NewClientId, RequiredProfiles } from './parts.ts'

const Env = z
  .strictObject({
    env: z
      .string()
      .regex(/^\w{1,200}$/)
      .describe('The name of an environment variable.'),
  })
  .describe('The value of an environment variable.')
const File = z
  .strictObject({
    file: z.string().min(1).max(4_096).describe('A path, relative to the file that names it.'),
  })
  .describe('The text of a file, without line breaks at its end.')
const Keep = z
  .strictObject({ keep: z.literal(true) })
  .describe('The value that Postern has, as if the file did not name it.')
const Generate = z
  .strictObject({ generate: z.literal(true) })
  .describe('A random value, made when the client is created and shown once.')

const reference = z.union([Env, File, Keep])

/** A secret of a service: kept unless the file names another. */
const ofService = Object.fromEntries(
  serviceSecrets
    .filter((name) => name !== 'apiSecret')
    .map((name) => [name, reference.optional().describe(descriptionOf(name))]),
)

function descriptionOf(name: string): string {
  const shape: Record<string, z.ZodType> = ServiceDocument.shape
  return shape[name]?.description ?? ''
}

export const ServiceSettings = z
  .object({
    key: ConfigurationKey.describe(
      'The stable name of the service, which its attribute `ext.config.key` keeps.',
    ),
    keys: ManagedKeys.optional(),
    ...ServiceDocument.omit({ hsks: true }).shape,
    ...ofService,
  })
  .meta({ id: 'service_settings' })
  .describe(
    'The settings of the service. With a key alone, the settings stay as they are; otherwise a ' +
      'setting that is omitted has its default, and a secret stays as it is.',
  )

export const ClientSettings = z
  .object({
    key: ConfigurationKey.describe(
      'The stable name of the client, which its attribute `ext.config.key` keeps.',
    ),
    clientId: z
      .int()
      .min(1)
      .optional()
      .describe('The ID of a client that has no key yet, and gets this one.'),
    newClientId: NewClientId.optional(),
    clientSecret: z
      .union([Env, File, Generate, Keep])
      .optional()
      .describe('The secret; without, it is kept, and a new client gets a random one.'),
    ...ClientDocument.omit({ registrationAccessTokenHash: true }).shape,
    jwks: z
      .union([LongText, Env, File, Keep])
      .optional()
      .describe(ClientDocument.shape.jwks.description ?? ''),
  })
  .meta({ id: 'client_settings' })
  .describe('The settings of a client. A setting that is omitted has its default.')

export const ConfigurationFile = z
  .object({
    postern: z.literal(1).describe('The version of this format.'),
    extends: z
      .string()
      .min(1)
      .optional()
      .describe('A file that this one is merged into as a JSON Merge Patch (RFC 7396).'),
    service: ServiceSettings,
    clients: z
      .object({
        delete: Deletion.optional(),
        deleted: z
          .array(ConfigurationKey)
          .max(500)
          .optional()
          .describe('The keys of clients to delete, with `delete: listed-keys`.'),
        items: z.array(ClientSettings).max(100_000).optional().describe('The clients.'),
      })
      .optional()
      .describe('The clients of the service. A client that is not named stays as it is.'),
    lint: z
      .object({ require: RequiredProfiles.optional() })
      .optional()
      .describe('What `postern apply` refuses to break.'),
  })
  .meta({ id: 'configuration_file', title: 'Configuration of a service' })
export type ConfigurationFile = z.output<typeof ConfigurationFile>
