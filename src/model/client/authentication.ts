/** Properties about how a client authenticates: RFC 7523, RFC 8705. */
import { z } from 'zod'
import { ClientAuthMethod } from '../enums.ts'
import { Text, Uri } from '../primitives.ts'

export const authenticationProperties = {
  tlsClientCertificateBoundAccessTokens: z
    .boolean()
    .default(false)
    .describe(
      'Whether access tokens of the client are bound to its certificate. The service must enable it too (RFC 8705 §3).',
    )
    .meta({ family: 'accessTokens' }),
  tokenAuthMethod: ClientAuthMethod.default('CLIENT_SECRET_BASIC')
    .describe('The method by which the client authenticates at every endpoint (OIDC Core §9).')
    .meta({ family: 'authentication' }),
  tlsClientAuthSubjectDn: Text.optional()
    .describe(
      'The subject distinguished name that the client certificate must have, in the order of RFC 4514 (RFC 8705 §2.1.2).',
    )
    .meta({ family: 'authentication' }),
  tlsClientAuthSanDns: Text.optional()
    .describe('The DNS name that the client certificate must contain (RFC 8705 §2.1.2).')
    .meta({ family: 'authentication' }),
  tlsClientAuthSanUri: Text.optional()
    .describe('The URI that the client certificate must contain (RFC 8705 §2.1.2).')
    .meta({ family: 'authentication' }),
  tlsClientAuthSanIp: Text.optional()
    .describe('The IP address that the client certificate must contain (RFC 8705 §2.1.2).')
    .meta({ family: 'authentication' }),
  tlsClientAuthSanEmail: Text.optional()
    .describe('The e-mail address that the client certificate must contain (RFC 8705 §2.1.2).')
    .meta({ family: 'authentication' }),
  mtlsEndpointAliasesUsed: z
    .boolean()
    .default(false)
    .describe(
      'Whether the client uses the endpoints for mutual TLS, as a note: Postern accepts it at all endpoints (RFC 8705 §5).',
    )
    .meta({ family: 'authentication' }),
  spiffeId: Text.optional()
    .describe(
      'The SPIFFE ID of the client, which must be the `sub` of its JWT-SVIDs (SPIFFE-ID §2).',
    )
    .meta({ family: 'authentication' }),
  spiffeBundleEndpoint: Uri.optional()
    .describe(
      "The URL of the SPIFFE bundle whose keys verify the client's JWT-SVIDs. `spiffe_jwt` requires it (SPIFFE Client Authentication §5.1).",
    )
    .meta({ family: 'authentication' }),
}
