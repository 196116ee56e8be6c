/** Credentials of a service at a social network. */
import { z } from 'zod'
import { Sns } from '../enums.ts'
import { Text } from '../primitives.ts'

export const SnsCredentials = z
  .object({
    sns: Sns.optional().describe('The social network.'),
    apiKey: Text.optional().describe('The API key of the service at the social network.'),
    apiSecret: Text.optional().describe('The API secret of the service at the social network.'),
  })
  .meta({ id: 'sns_credentials' })
