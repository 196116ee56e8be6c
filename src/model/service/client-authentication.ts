/** Properties about how clients authenticate: RFC 7523, RFC 8705, client attestation. */
import { z } from 'zod'
import { ClientAuthMethod } from '../enums.ts'
import { NamedUri } from '../key-value.ts'
import { Count, Texts, Uri } from '../primitives.ts'

export const clientAuthenticationProperties = {
  clientAssertionAudRestrictedToIssuer: z
    .boolean()
    .default(false)
    .describe(
      'Whether the `aud` of a client assertion must be the issuer and nothing else. Otherwise the URL of the endpoint is accepted too (RFC 7523 §3).',
    )
    .meta({ family: 'authentication' }),
  supportedTokenAuthMethods: z
    .array(ClientAuthMethod)
    .max(1000)
    .optional()
    .describe(
      'The client authentication methods that the token endpoint accepts. Without a list, all are accepted (RFC 8414 §2).',
    )
    .meta({ family: 'authentication' }),
  missingClientIdAllowed: z
    .boolean()
    .default(false)
    .describe(
      'Whether a token request of a public client may omit `client_id` if the code, refresh token or device code identifies the client (RFC 6749 §4.1.3).',
    )
    .meta({ family: 'requests' }),
  supportedRevocationAuthMethods: z
    .array(ClientAuthMethod)
    .max(1000)
    .optional()
    .describe(
      'The client authentication methods that the revocation endpoint accepts. Without a list, all are accepted (RFC 8414 §2).',
    )
    .meta({ family: 'authentication' }),
  supportedIntrospectionAuthMethods: z
    .array(ClientAuthMethod)
    .max(1000)
    .optional()
    .describe(
      'The authentication methods of the introspection endpoint, published in the discovery document. They are enforced if a call of `/auth/introspection/standard` has the credentials of the client; otherwise the frontend enforces them. Without a list, all are accepted (RFC 8414 §2).',
    )
    .meta({ family: 'authentication' }),
  mutualTlsValidatePkiCertChain: z
    .boolean()
    .default(false)
    .describe(
      'Whether Postern itself validates the certificate chain for `tls_client_auth`. With `false`, it still does so if `trustedRootCertificates` are set, unless the attribute `ext.mtls.chain_verified_by_terminator` is `true` (RFC 8705 §2.1).',
    )
    .meta({ family: 'authentication' }),
  trustedRootCertificates: Texts.optional()
    .describe(
      'The root certificates, each in PEM, to which client certificates of `tls_client_auth` must chain (RFC 8705 §2.1).',
    )
    .meta({ family: 'authentication' }),
  mtlsEndpointAliases: z
    .array(NamedUri)
    .max(1000)
    .optional()
    .describe(
      'The URLs of the endpoints for mutual TLS, published in the discovery document. Each has the name of its discovery member, for example `token_endpoint` (RFC 8705 §5).',
    )
    .meta({ family: 'endpoints' }),
  challengeEndpoint: Uri.optional()
    .describe(
      'The URL of the client attestation challenge endpoint, published in the discovery document. With it, attestation proofs must contain a challenge (Client Attestation §8).',
    )
    .meta({ family: 'authentication' }),
  attestationChallengeTimeWindow: Count.default(0)
    .describe(
      'The lifetime of a client attestation challenge in seconds; 0 means 300 (Client Attestation §8).',
    )
    .meta({ family: 'authentication' }),
  clientAttesterRoots: Texts.optional()
    .describe('The root certificates of client attesters, each in PEM (Client Attestation §6).')
    .meta({ family: 'authentication' }),
  clientAttesterRootsEnabled: z
    .boolean()
    .default(false)
    .describe(
      "Whether a client attestation with a certificate chain (`x5c`) is verified by `clientAttesterRoots` instead of the client's registered keys (Client Attestation §6).",
    )
    .meta({ family: 'authentication' }),
  clientAttesterRootsOnly: z
    .boolean()
    .default(false)
    .describe(
      'Whether every client attestation must have a certificate chain (`x5c`) to one of `clientAttesterRoots` (Client Attestation §6).',
    )
    .meta({ family: 'authentication' }),
}
