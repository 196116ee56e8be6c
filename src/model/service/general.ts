/** Properties of a service as a whole. */
import { z } from 'zod'
import { Display, FapiMode, ServiceProfile, Sns } from '../enums.ts'
import { Pair } from '../key-value.ts'
import { Count, LongText, Text, Texts, Uri } from '../primitives.ts'
import { SnsCredentials } from './sns-credentials.ts'

export const generalProperties = {
  serviceName: Text.optional()
    .describe('The display name of the service, for people.')
    .meta({ family: 'identity' }),
  issuer: Text.optional()
    .describe(
      'The issuer identifier of the authorization server: an https URL without query and fragment. It is the `iss` of everything that the service signs (RFC 8414 §2).',
    )
    .meta({ family: 'identity' }),
  description: LongText.optional()
    .describe('A description of the service, for people.')
    .meta({ family: 'identity' }),
  clientsPerDeveloper: Count.default(0)
    .describe('The number of clients that one developer may have; 0 means unlimited.')
    .meta({ family: 'identity' }),
  developerAuthenticationCallbackEndpoint: Uri.optional()
    .describe('The URL that authenticates developers.')
    .meta({ family: 'identity' }),
  developerAuthenticationCallbackApiKey: Text.optional()
    .describe('The API key for `developerAuthenticationCallbackEndpoint`. Stored sealed.')
    .meta({ family: 'identity' }),
  developerAuthenticationCallbackApiSecret: Text.optional()
    .describe('The API secret for `developerAuthenticationCallbackEndpoint`. Stored sealed.')
    .meta({ family: 'identity' }),
  supportedSnses: z
    .array(Sns)
    .optional()
    .describe('The social networks with which users may log in.')
    .meta({ family: 'identity' }),
  snsCredentials: z
    .array(SnsCredentials)
    .max(1000)
    .optional()
    .describe(
      'The credentials of the service at the social networks of `supportedSnses`. Stored sealed.',
    )
    .meta({ family: 'identity' }),
  supportedDeveloperSnses: z
    .array(Sns)
    .optional()
    .describe('The social networks with which developers may log in.')
    .meta({ family: 'identity' }),
  developerSnsCredentials: z
    .array(SnsCredentials)
    .max(1000)
    .optional()
    .describe(
      'The credentials of the service at the social networks of `supportedDeveloperSnses`. Stored sealed.',
    )
    .meta({ family: 'identity' }),
  clientIdAliasEnabled: z
    .boolean()
    .default(false)
    .describe(
      "Whether the service accepts a client's alias as `client_id`. The client must enable its alias too.",
    )
    .meta({ family: 'registration' }),
  metadata: z
    .array(Pair)
    .max(1000)
    .optional()
    .describe(
      'Additional members of the discovery document. A value that is JSON is published as JSON. The issuer, `jwks_uri` and the lists of signing algorithms cannot be replaced (RFC 8414 §2).',
    )
    .meta({ family: 'identity' }),
  authenticationCallbackEndpoint: Uri.optional()
    .describe('The URL that authenticates users.')
    .meta({ family: 'identity' }),
  authenticationCallbackApiKey: Text.optional()
    .describe('The API key for `authenticationCallbackEndpoint`. Stored sealed.')
    .meta({ family: 'identity' }),
  authenticationCallbackApiSecret: Text.optional()
    .describe('The API secret for `authenticationCallbackEndpoint`. Stored sealed.')
    .meta({ family: 'identity' }),
  supportedAcrs: Texts.optional()
    .describe(
      'The authentication context classes that the service supports, published in the discovery document. Other classes in a CIBA or device request are ignored (OpenID Connect Discovery §3).',
    )
    .meta({ family: 'requests' }),
  supportedServiceProfiles: z
    .array(ServiceProfile)
    .max(1000)
    .optional()
    .describe(
      'The profiles that the service supports. With `FAPI`, the scope attributes `fapi` and `fapi2` put a request under a FAPI profile.',
    )
    .meta({ family: 'profiles' }),
  errorDescriptionOmitted: z
    .boolean()
    .default(false)
    .describe('Whether error responses to clients omit `error_description` (RFC 6749 §5.2).')
    .meta({ family: 'responses' }),
  errorUriOmitted: z
    .boolean()
    .default(false)
    .describe(
      'Whether error responses to clients omit an `error_uri` that the caller supplied (RFC 6749 §5.2).',
    )
    .meta({ family: 'responses' }),
  supportedUiLocales: Texts.optional()
    .describe(
      'The languages of the login pages as BCP 47 tags, published in the discovery document (OpenID Connect Discovery §3).',
    )
    .meta({ family: 'identity' }),
  supportedDisplays: z
    .array(Display)
    .max(1000)
    .optional()
    .describe(
      'The values of `display` that the login pages support, published in the discovery document (OIDC Core §3.1.2.1).',
    )
    .meta({ family: 'requests' }),
  policyUri: Uri.optional()
    .describe(
      'The URL of the page about the use of data, published in the discovery document as `op_policy_uri` (RFC 8414 §2).',
    )
    .meta({ family: 'identity' }),
  tosUri: Uri.optional()
    .describe(
      'The URL of the terms of service, published in the discovery document as `op_tos_uri` (RFC 8414 §2).',
    )
    .meta({ family: 'identity' }),
  serviceDocumentation: Uri.optional()
    .describe(
      'The URL of the documentation for developers, published in the discovery document (RFC 8414 §2).',
    )
    .meta({ family: 'identity' }),
  attributes: z
    .array(Pair)
    .max(1000)
    .optional()
    .describe(
      'Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller.',
    )
    .meta({ family: 'attributes' }),
  fapiModes: z
    .array(FapiMode)
    .max(1000)
    .optional()
    .describe(
      "The FAPI profiles that all requests must comply with. They override the client's `fapiModes` (FAPI 2.0 §5).",
    )
    .meta({ family: 'profiles' }),
  httpAliasProhibited: z
    .boolean()
    .default(false)
    .describe(
      'Whether a `client_id` that looks like a URL never means an alias, so that it can only mean a metadata document (CIMD §3).',
    )
    .meta({ family: 'registration' }),
}
