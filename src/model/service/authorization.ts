/** Properties about authorization requests: OIDC Core §3, RFC 9101, RFC 9126. */
import { z } from 'zod'
import { GrantType, Prompt, ResponseType } from '../enums.ts'
import { Count, Texts, Uri } from '../primitives.ts'
import { Scope } from './scope.ts'

export const authorizationProperties = {
  supportedGrantTypes: z
    .array(GrantType)
    .max(1000)
    .optional()
    .describe(
      'The grant types that the service supports. Without a list, all are supported, but CIBA also needs `supportedBackchannelTokenDeliveryModes` (RFC 8414 §2).',
    )
    .meta({ family: 'grants' }),
  supportedResponseTypes: z
    .array(ResponseType)
    .max(1000)
    .optional()
    .describe(
      'The response types that the service supports. Without a list, all are supported (RFC 8414 §2).',
    )
    .meta({ family: 'requests' }),
  supportedAuthorizationDetailsTypes: Texts.optional()
    .describe(
      'The types of authorization details that the service supports. Without a list, none is supported and requests with `authorization_details` are refused (RFC 9396 §10).',
    )
    .meta({ family: 'requests' }),
  authorizationEndpoint: Uri.optional()
    .describe(
      'The URL of the authorization endpoint, published in the discovery document (RFC 6749 §3.1).',
    )
    .meta({ family: 'endpoints' }),
  directAuthorizationEndpointEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the engine serves an authorization endpoint itself.')
    .meta({ family: 'endpoints' }),
  pkceRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether an authorization request for a code must contain a `code_challenge` (RFC 7636 §4.4.1).',
    )
    .meta({ family: 'requests' }),
  pkceS256Required: z
    .boolean()
    .default(false)
    .describe(
      'Whether the `code_challenge_method` must be `S256`. It requires no challenge by itself: see `pkceRequired` (RFC 7636 §4.2).',
    )
    .meta({ family: 'requests' }),
  authorizationResponseDuration: Count.default(0)
    .describe('The lifetime of a JWT authorization response in seconds; 0 means 600 (JARM §2.1).')
    .meta({ family: 'responses' }),
  pushedAuthReqEndpoint: Uri.optional()
    .describe(
      'The URL of the pushed authorization request endpoint, published in the discovery document (RFC 9126 §5).',
    )
    .meta({ family: 'endpoints' }),
  pushedAuthReqDuration: Count.default(0)
    .describe(
      'The lifetime of a pushed authorization request in seconds; 0 means 600. FAPI 2.0 limits it to 599 (RFC 9126 §2.2).',
    )
    .meta({ family: 'requests' }),
  parRequired: z
    .boolean()
    .default(false)
    .describe('Whether every authorization request must be pushed first (RFC 9126 §5).')
    .meta({ family: 'requests' }),
  requestObjectRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether every authorization request must contain a signed request object (RFC 9101 §10.5).',
    )
    .meta({ family: 'requests' }),
  traditionalRequestObjectProcessingApplied: z
    .boolean()
    .default(false)
    .describe(
      'Whether request parameters outside the request object count too. Otherwise only those inside count (OIDC Core §6.1 and RFC 9101 §6.3).',
    )
    .meta({ family: 'requests' }),
  supportedScopes: z
    .array(Scope)
    .max(1000)
    .optional()
    .describe(
      'The scopes that the service supports; other scopes in a request are ignored. Without a list, they are `openid`, `profile`, `email`, `address`, `phone` and `offline_access` (RFC 6749 §3.3).',
    )
    .meta({ family: 'scopes' }),
  scopeRequired: z
    .boolean()
    .default(false)
    .describe('Whether a request without any supported scope is refused (RFC 6749 §3.3).')
    .meta({ family: 'scopes' }),
  nbfOptional: z
    .boolean()
    .default(false)
    .describe(
      'Whether a request object under FAPI 1.0 Advanced may lack `nbf` (FAPI 1.0 Advanced §5.2.2).',
    )
    .meta({ family: 'requests' }),
  issSuppressed: z
    .boolean()
    .default(false)
    .describe(
      'Whether authorization responses omit `iss`. FAPI 2.0 and `ext.profile` ignore this setting (RFC 9207 §2).',
    )
    .meta({ family: 'responses' }),
  frontChannelRequestObjectEncryptionRequired: z
    .boolean()
    .default(false)
    .describe('Whether a request object that was not pushed must be encrypted (RFC 9101 §6.1).')
    .meta({ family: 'requests' }),
  requestObjectEncryptionAlgMatchRequired: z
    .boolean()
    .default(false)
    .describe(
      "Whether the `alg` of an encrypted request object must be the client's `requestEncryptionAlg` (OIDC Registration §2).",
    )
    .meta({ family: 'requests' }),
  requestObjectEncryptionEncMatchRequired: z
    .boolean()
    .default(false)
    .describe(
      "Whether the `enc` of an encrypted request object must be the client's `requestEncryptionEnc` (OIDC Registration §2).",
    )
    .meta({ family: 'requests' }),
  loopbackRedirectionUriVariable: z
    .boolean()
    .default(false)
    .describe(
      'Whether the port of a loopback redirect URI may differ from the registered port (RFC 8252 §7.3).',
    )
    .meta({ family: 'requests' }),
  requestObjectAudienceChecked: z
    .boolean()
    .default(false)
    .describe(
      'Whether a request object must have an `aud`. An `aud` that is present must always contain the issuer (RFC 9101 §4).',
    )
    .meta({ family: 'requests' }),
  supportedPromptValues: z
    .array(Prompt)
    .max(1000)
    .optional()
    .describe(
      'The values of `prompt` that the service supports. A request with another value is refused. Without a list, all are supported (OIDC Core §3.1.2.1).',
    )
    .meta({ family: 'requests' }),
  authorizationCodeDuration: Count.default(0)
    .describe(
      'The lifetime of an authorization code in seconds; 0 means 600. FAPI 2.0 limits it to 60 (RFC 6749 §4.1.2).',
    )
    .meta({ family: 'responses' }),
}
