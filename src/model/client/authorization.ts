/** Properties about the requests of a client. */
import { z } from 'zod'
import { GrantType, ResponseType } from '../enums.ts'
import { Count, Text, Texts } from '../primitives.ts'

export const authorizationProperties = {
  grantTypes: z
    .array(GrantType)
    .max(1000)
    .optional()
    .describe(
      'The grant types that the client may use. Without a list, all that the service supports (RFC 7591 §2).',
    )
    .meta({ family: 'grants' }),
  responseTypes: z
    .array(ResponseType)
    .max(1000)
    .optional()
    .describe(
      'The response types that the client may use. Without a list, all that the service supports (RFC 7591 §2).',
    )
    .meta({ family: 'requests' }),
  redirectUris: Texts.optional()
    .describe(
      'The redirect URIs of the client. A request must use one of them, character by character (RFC 6749 §3.1.2).',
    )
    .meta({ family: 'requests' }),
  parRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether every authorization request of the client must be pushed first (RFC 9126 §6).',
    )
    .meta({ family: 'requests' }),
  requestObjectRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether every authorization request of the client must contain a signed request object (RFC 9101 §10.5).',
    )
    .meta({ family: 'requests' }),
  requestUris: Texts.optional()
    .describe('The URLs from which request objects of the client may be fetched (OIDC Core §6.2).')
    .meta({ family: 'requests' }),
  defaultMaxAge: Count.optional()
    .describe(
      'The `max_age` of requests that do not contain one, in seconds; 0 means no limit (OIDC Registration §2).',
    )
    .meta({ family: 'requests' }),
  defaultAcrs: Texts.optional()
    .describe('The `acr_values` of requests that do not contain any (OIDC Registration §2).')
    .meta({ family: 'requests' }),
  authTimeRequired: z
    .boolean()
    .default(false)
    .describe(
      "Whether the client's ID Tokens must contain `auth_time`. The caller must then supply it (OIDC Registration §2).",
    )
    .meta({ family: 'requests' }),
  loginUri: Text.optional()
    .describe('The URL at which a third party can initiate a login at the client (OIDC Core §4).')
    .meta({ family: 'requests' }),
  bcDeliveryMode: Text.optional()
    .describe(
      'The CIBA delivery mode of the client: `poll`, `ping` or `push`. It is required for CIBA (CIBA §4).',
    )
    .meta({ family: 'ciba' }),
  bcNotificationEndpoint: Text.optional()
    .describe(
      'The URL that is notified in the modes `ping` and `push`, where it is required (CIBA §4).',
    )
    .meta({ family: 'ciba' }),
  bcUserCodeRequired: z
    .boolean()
    .default(false)
    .describe(
      "Whether the client's CIBA requests must contain a `user_code`. It applies with the service's `backchannelUserCodeParameterSupported` (CIBA §4).",
    )
    .meta({ family: 'ciba' }),
  authorizationDetailsTypes: Texts.optional()
    .describe(
      'The types of authorization details that the client may use. Without a list, all that the service supports (RFC 9396 §10).',
    )
    .meta({ family: 'requests' }),
  frontChannelRequestObjectEncryptionRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether a request object of the client that was not pushed must be encrypted (RFC 9101 §6.1).',
    )
    .meta({ family: 'requests' }),
  pkceRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether an authorization request of the client for a code must contain a `code_challenge` (RFC 7636 §4.4.1).',
    )
    .meta({ family: 'requests' }),
  pkceS256Required: z
    .boolean()
    .default(false)
    .describe(
      "Whether the client's `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2).",
    )
    .meta({ family: 'requests' }),
  dpopRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether token requests of the client must contain a DPoP proof, which binds its tokens (RFC 9449 §5.2).',
    )
    .meta({ family: 'accessTokens' }),
  credentialOfferEndpoint: Text.optional()
    .describe('The URL that receives credential offers.')
    .meta({ family: 'credentials' }),
  credentialResponseEncryptionRequired: z
    .boolean()
    .default(false)
    .describe('Whether credential responses to the client must be encrypted.')
    .meta({ family: 'credentials' }),
}
