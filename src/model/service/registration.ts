/** Properties about how clients are registered: RFC 7591, RFC 7592, CIMD. */
import { z } from 'zod'
import { LongText, Texts, Uri } from '../primitives.ts'

export const registrationProperties = {
  dynamicRegistrationSupported: z
    .boolean()
    .default(false)
    .describe(
      'Whether `/client/registration` and its management operations are available (RFC 7591 §3).',
    )
    .meta({ family: 'registration' }),
  registrationEndpoint: Uri.optional()
    .describe(
      'The URL of the client registration endpoint, published in the discovery document (RFC 7591 §3).',
    )
    .meta({ family: 'registration' }),
  registrationManagementEndpoint: Uri.optional()
    .describe(
      'The URL to which the client ID is appended to form a `registration_client_uri`. Without it, `registrationEndpoint` is used (RFC 7592 §3).',
    )
    .meta({ family: 'registration' }),
  supportedCustomClientMetadata: Texts.optional()
    .describe(
      'The names of additional client metadata that dynamic registration stores. Other unknown members are dropped (RFC 7591 §2).',
    )
    .meta({ family: 'registration' }),
  unauthorizedOnClientConfigSupported: z
    .boolean()
    .default(false)
    .describe(
      'Whether the client configuration endpoint answers an invalid registration access token with HTTP 401 instead of 400 (RFC 7592 §2).',
    )
    .meta({ family: 'registration' }),
  dcrScopeUsedAsRequestable: z
    .boolean()
    .default(false)
    .describe(
      'Whether the `scope` of a dynamic registration limits the scopes that the client may request (RFC 7591 §2).',
    )
    .meta({ family: 'registration' }),
  dcrDuplicateSoftwareIdBlocked: z
    .boolean()
    .default(false)
    .describe(
      'Whether dynamic registration refuses a `software_id` that another client has (RFC 7591 §2).',
    )
    .meta({ family: 'registration' }),
  cimdMetadataPolicyEnabled: z
    .boolean()
    .default(false)
    .describe('Whether `cimdMetadataPolicy` is applied to client ID metadata documents (CIMD §4).')
    .meta({ family: 'registration' }),
  clientIdMetadataDocumentSupported: z
    .boolean()
    .default(false)
    .describe('Whether a client may use the URL of its metadata document as `client_id` (CIMD §3).')
    .meta({ family: 'registration' }),
  cimdAllowlistEnabled: z
    .boolean()
    .default(false)
    .describe('Whether only URLs that `cimdAllowlist` covers are accepted (CIMD §6.8).')
    .meta({ family: 'registration' }),
  cimdAllowlist: Texts.optional()
    .describe(
      'The accepted metadata documents: each entry is a host with its port, a URL, or the beginning of URLs that ends with a slash (CIMD §6.8).',
    )
    .meta({ family: 'registration' }),
  cimdAlwaysRetrieved: z
    .boolean()
    .default(false)
    .describe(
      'Whether a metadata document is fetched for every request that begins a flow. Otherwise it is cached as long as its HTTP headers permit (CIMD §4.3).',
    )
    .meta({ family: 'registration' }),
  cimdHttpPermitted: z
    .boolean()
    .default(false)
    .describe(
      'Whether the URL of a metadata document may have the scheme `http`, for development (CIMD §3).',
    )
    .meta({ family: 'registration' }),
  cimdQueryPermitted: z
    .boolean()
    .default(false)
    .describe('Whether the URL of a metadata document may have a query (CIMD §3).')
    .meta({ family: 'registration' }),
  cimdMetadataPolicy: LongText.optional()
    .describe(
      'The metadata policy for client ID metadata documents, as JSON text (OpenID Federation §6.1).',
    )
    .meta({ family: 'registration' }),
}
