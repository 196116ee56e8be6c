/** Parts of a configuration that files and calls have in common. */
import { z } from 'zod'
import { lintProfiles } from './lint-profiles.ts'

export const configurationKeyAttribute = 'ext.config.key'

const keyPattern = /^[a-z0-9][a-z0-9._-]{0,62}$/
export const isConfigurationKey = (text: string): boolean => keyPattern.test(text)

/** Names a service among all, and a client among those of its service. */
export const ConfigurationKey = z.string().regex(keyPattern, {
  message: 'Expected a key of 1 to 63 lower-case letters, digits and `._-`',
})

/** IDs of other systems are numbers, too: clients can keep them. */
export const NewClientId = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .describe(
    'The ID that the client gets when it is created, such as the one of a former system. Without, it gets a random one.',
  )

export const deletions = ['never', 'listed-keys', 'all-but-registered'] as const

export const Deletion = z
  .enum(deletions)
  .describe(
    'Which clients may be deleted: none (the default), those in `deleted`, or all that are not ' +
      'in the file. Clients that registered themselves are never deleted.',
  )

export const ManagedKeys = z
  .object({
    managed: z.literal(true),
    algorithms: z
      .array(z.string().max(20))
      .min(1)
      .max(10)
      .optional()
      .describe('The algorithms that the service has keys for; `[ES256]` if absent.'),
    rotateDays: z
      .int()
      .min(1)
      .max(1_095)
      .optional()
      .describe('After how many days a new key is made; 90 if absent.'),
  })
  .describe('Postern makes the signing keys of the service, and rotates them.')
export type ManagedKeys = z.output<typeof ManagedKeys>

export const RequiredProfiles = z
  .array(z.enum(lintProfiles))
  .min(1)
  .describe('Security profiles that the service and the clients of the file must satisfy.')
