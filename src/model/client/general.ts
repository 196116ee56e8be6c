/** Properties of a client as a whole. */
import { z } from 'zod'
import {
  ApplicationType,
  ClientSource,
  ClientType,
  FapiMode,
  ResponseMode,
  SubjectType,
} from '../enums.ts'
import { Pair, TaggedValue } from '../key-value.ts'
import { LongText, Moment, Text, Texts, Uri } from '../primitives.ts'
import { ClientExtension } from './extension.ts'

export const generalProperties = {
  clientName: Text.optional()
    .describe('The name of the client, shown to users (RFC 7591 §2).')
    .meta({ family: 'identity' }),
  clientNames: z
    .array(TaggedValue)
    .max(1000)
    .optional()
    .describe('The name of the client in several languages (RFC 7591 §2.2).')
    .meta({ family: 'identity' }),
  description: LongText.optional()
    .describe('A description of the client, for people.')
    .meta({ family: 'identity' }),
  descriptions: z
    .array(TaggedValue)
    .max(1000)
    .optional()
    .describe('The description of the client in several languages.')
    .meta({ family: 'identity' }),
  clientIdAlias: Text.optional()
    .describe(
      'An alias that the client may use as `client_id`. It is unique within the service and does not consist of digits only.',
    )
    .meta({ family: 'registration' }),
  clientIdAliasEnabled: z
    .boolean()
    .default(false)
    .describe(
      'Whether the client may be identified by its alias. The service must enable aliases too.',
    )
    .meta({ family: 'registration' }),
  clientType: ClientType.default('PUBLIC')
    .describe('Whether the client can keep a secret: `CONFIDENTIAL` or `PUBLIC` (RFC 6749 §2.1).')
    .meta({ family: 'identity' }),
  applicationType: ApplicationType.optional()
    .describe(
      'Whether the client is a web or a native application, which decides the permitted redirect URIs. If absent, a public client with a private-use scheme or a loopback redirect URI is `NATIVE`, and any other client is `WEB` (OIDC Registration §2).',
    )
    .meta({ family: 'identity' }),
  logoUri: Text.optional()
    .describe("The URL of the client's logo, shown to users (RFC 7591 §2).")
    .meta({ family: 'identity' }),
  logoUris: z
    .array(TaggedValue)
    .max(1000)
    .optional()
    .describe("The URLs of the client's logo in several languages (RFC 7591 §2.2).")
    .meta({ family: 'identity' }),
  contacts: Texts.optional()
    .describe('The e-mail addresses of the people responsible for the client (RFC 7591 §2).')
    .meta({ family: 'identity' }),
  softwareId: Text.optional()
    .describe(
      "The identifier of the client's software, the same for all its instances (RFC 7591 §2).",
    )
    .meta({ family: 'identity' }),
  developer: Text.optional()
    .describe(
      "The developer that the client belongs to, by the caller's identifier. `/client/get/list` can filter by it.",
    )
    .meta({ family: 'identity' }),
  softwareVersion: Text.optional()
    .describe("The version of the client's software (RFC 7591 §2).")
    .meta({ family: 'identity' }),
  subjectType: SubjectType.default('PUBLIC')
    .describe(
      'Whether users have the same `sub` for all clients (`PUBLIC`) or one for each sector (`PAIRWISE`) (OIDC Core §8).',
    )
    .meta({ family: 'claims' }),
  sectorIdentifierUri: Text.optional()
    .describe(
      'The URL of a JSON list that contains all redirect URIs of the client. Its host is the sector of pairwise subjects (OIDC Core §8.1).',
    )
    .meta({ family: 'claims' }),
  tosUri: Text.optional()
    .describe("The URL of the client's terms of service (RFC 7591 §2).")
    .meta({ family: 'identity' }),
  tosUris: z
    .array(TaggedValue)
    .max(1000)
    .optional()
    .describe("The URLs of the client's terms of service in several languages (RFC 7591 §2.2).")
    .meta({ family: 'identity' }),
  policyUri: Text.optional()
    .describe("The URL of the client's page about the use of data (RFC 7591 §2).")
    .meta({ family: 'identity' }),
  policyUris: z
    .array(TaggedValue)
    .max(1000)
    .optional()
    .describe(
      "The URLs of the client's page about the use of data in several languages (RFC 7591 §2.2).",
    )
    .meta({ family: 'identity' }),
  clientUri: Text.optional()
    .describe("The URL of the client's home page (RFC 7591 §2).")
    .meta({ family: 'identity' }),
  clientUris: z
    .array(TaggedValue)
    .max(1000)
    .optional()
    .describe("The URLs of the client's home page in several languages (RFC 7591 §2.2).")
    .meta({ family: 'identity' }),
  attributes: z
    .array(Pair)
    .max(1000)
    .optional()
    .describe(
      'Key-value pairs. Keys that begin with `ext.` are settings of Postern, listed in `docs/reference/attributes.md`; all others are notes of the caller.',
    )
    .meta({ family: 'attributes' }),
  extension: ClientExtension.optional()
    .describe(
      'The permissions and limits that the service sets for this client: its scopes, token lifetimes and token exchange.',
    )
    .meta({ family: 'scopes' }),
  customMetadata: LongText.optional()
    .describe('Additional client metadata, as JSON text (RFC 7591 §2).')
    .meta({ family: 'registration' }),
  digestAlgorithm: Text.optional()
    .describe(
      'The digest algorithm that the client prefers for external attachments (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'identity' }),
  singleAccessTokenPerSubject: z
    .boolean()
    .default(false)
    .describe(
      'Whether issuing tokens to the client, except by a refresh, ends all its earlier access and refresh tokens of the same user.',
    )
    .meta({ family: 'accessTokens' }),
  rsRequestSigned: z
    .boolean()
    .default(false)
    .describe(
      "Whether the client's requests to protected resources must have an HTTP message signature, which UserInfo and introspection verify (RFC 9421 §3.2).",
    )
    .meta({ family: 'accessTokens' }),
  locked: z
    .boolean()
    .default(false)
    .describe(
      'Whether the client is locked. A locked client cannot authenticate and gets no tokens, and its tokens are not accepted (RFC 6749 §5.2).',
    )
    .meta({ family: 'identity' }),
  fapiModes: z
    .array(FapiMode)
    .max(1000)
    .optional()
    .describe(
      'The FAPI profiles that requests of the client must comply with. The `fapiModes` of the service override them (FAPI 2.0 §5).',
    )
    .meta({ family: 'profiles' }),
  responseModes: z
    .array(ResponseMode)
    .max(20)
    .optional()
    .describe(
      'The response modes that the client may use. Without a list, all (OAuth 2.0 Multiple Response Types §2.1).',
    )
    .meta({ family: 'responses' }),
  inScopeForTokenMigration: z
    .boolean()
    .default(false)
    .describe('Whether tokens of the client are to be migrated from another system.')
    .meta({ family: 'registration' }),
  metadataDocumentLocation: Uri.optional()
    .describe("The URL of the client's metadata document (CIMD §4).")
    .meta({ family: 'registration' }),
  metadataDocumentExpiresAt: Moment.optional()
    .describe(
      'The time until which the metadata document is used without being fetched again, in milliseconds since the Unix epoch (CIMD §4.3).',
    )
    .meta({ family: 'registration' }),
  metadataDocumentUpdatedAt: Moment.optional()
    .describe(
      'The time when the metadata document was fetched, in milliseconds since the Unix epoch.',
    )
    .meta({ family: 'registration' }),
  discoveredByMetadataDocument: z
    .boolean()
    .default(false)
    .describe('Whether the client was created from its metadata document (CIMD §4).')
    .meta({ family: 'registration' }),
  haipVersion: Text.optional()
    .describe(
      'The version of the High Assurance Interoperability Profile: `1.0` puts the requests of the client under the profile (HAIP §4).',
    )
    .meta({ family: 'profiles' }),
  clientSource: ClientSource.optional()
    .describe(
      'How the client was created, for example `STATIC_REGISTRATION` by this API or `DYNAMIC_REGISTRATION`.',
    )
    .meta({ family: 'registration' }),
  registrationAccessTokenHash: Text.optional()
    .describe("The hash of the client's registration access token (RFC 7592 §3).")
    .meta({ family: 'registration' }),
}
