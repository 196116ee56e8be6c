/** Credentials of a service at a social network. */
import { z } from 'zod'
import { Sns } from '../enums.ts'
import { Text } from '../primitives.ts'

export const SnsCredentials = z
  .object({
    sns: Sns.optional().describe('The network.'),
    apiKey: Text.optional().describe('Key of the service there.'),
    apiSecret: Text.optional().describe('Secret of the service there.'),
  })
  .meta({ id: 'sns_credentials' })
