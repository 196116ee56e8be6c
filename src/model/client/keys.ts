/** Properties about the keys of a client and their use for signatures and encryption. */
import { z } from 'zod'
import { JweAlg, JweEnc, JwsAlg } from '../enums.ts'
import { LongText, Text } from '../primitives.ts'

export const keysProperties = {
  authorizationSignAlg: JwsAlg.optional()
    .describe(
      'The algorithm that signs JWT authorization responses. Without it, RS256 or the first algorithm that the service has a key for (JARM §3).',
    )
    .meta({ family: 'responses' }),
  authorizationEncryptionAlg: JweAlg.optional()
    .describe(
      'The key management algorithm that encrypts JWT authorization responses. Without it, they are not encrypted (JARM §3).',
    )
    .meta({ family: 'responses' }),
  authorizationEncryptionEnc: JweEnc.optional()
    .describe(
      'The content encryption algorithm of JWT authorization responses; A128CBC-HS256 if absent (JARM §3).',
    )
    .meta({ family: 'responses' }),
  tokenAuthSignAlg: JwsAlg.optional()
    .describe(
      "The algorithm that must sign the client's assertions. Without it, any algorithm of its authentication method (OIDC Core §9).",
    )
    .meta({ family: 'authentication' }),
  selfSignedCertificateKeyId: Text.optional()
    .describe(
      'The `kid` of the key that the self-signed client certificate must match. Without it, any key of the client (RFC 8705 §2.2).',
    )
    .meta({ family: 'authentication' }),
  requestSignAlg: JwsAlg.optional()
    .describe(
      "The algorithm that must sign the client's request objects. Without it, any algorithm that the service accepts (OIDC Registration §2).",
    )
    .meta({ family: 'requests' }),
  requestEncryptionAlg: JweAlg.optional()
    .describe(
      "The key management algorithm of the client's encrypted request objects. The service enforces it with `requestObjectEncryptionAlgMatchRequired` (OIDC Registration §2).",
    )
    .meta({ family: 'requests' }),
  requestEncryptionEnc: JweEnc.optional()
    .describe(
      "The content encryption algorithm of the client's encrypted request objects; A128CBC-HS256 if absent (OIDC Registration §2).",
    )
    .meta({ family: 'requests' }),
  idTokenSignAlg: JwsAlg.default('RS256')
    .describe("The algorithm that signs the client's ID Tokens (OIDC Registration §2).")
    .meta({ family: 'claims' }),
  idTokenEncryptionAlg: JweAlg.optional()
    .describe(
      "The key management algorithm that encrypts the client's ID Tokens. Without it, they are not encrypted (OIDC Registration §2).",
    )
    .meta({ family: 'claims' }),
  idTokenEncryptionEnc: JweEnc.optional()
    .describe(
      "The content encryption algorithm of the client's ID Tokens; A128CBC-HS256 if absent (OIDC Registration §2).",
    )
    .meta({ family: 'claims' }),
  jwksUri: Text.optional()
    .describe("The URL of the client's key set (RFC 7591 §2).")
    .meta({ family: 'keys' }),
  jwks: LongText.optional()
    .describe(
      "The client's key set as JSON text, stored sealed. Public keys and certificates in PEM are accepted, too, and become a JWK Set. Private keys are returned only to callers who may change the client, and are never used (RFC 7591 §2).",
    )
    .meta({ family: 'keys' }),
  userInfoSignAlg: JwsAlg.optional()
    .describe(
      'The algorithm that signs UserInfo responses for the client. Without it, they are plain JSON (OIDC Registration §2).',
    )
    .meta({ family: 'claims' }),
  userInfoEncryptionAlg: JweAlg.optional()
    .describe(
      'The key management algorithm that encrypts UserInfo responses for the client. Without it, they are not encrypted (OIDC Registration §2).',
    )
    .meta({ family: 'claims' }),
  userInfoEncryptionEnc: JweEnc.optional()
    .describe(
      'The content encryption algorithm of UserInfo responses; A128CBC-HS256 if absent (OIDC Registration §2).',
    )
    .meta({ family: 'claims' }),
  bcRequestSignAlg: JwsAlg.optional()
    .describe(
      "The algorithm that must sign the client's CIBA requests. With it, every CIBA request must be signed (CIBA §4).",
    )
    .meta({ family: 'ciba' }),
  requestObjectEncryptionAlgMatchRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether the `alg` of an encrypted request object must be `requestEncryptionAlg` (OIDC Registration §2).',
    )
    .meta({ family: 'requests' }),
  requestObjectEncryptionEncMatchRequired: z
    .boolean()
    .default(false)
    .describe(
      'Whether the `enc` of an encrypted request object must be `requestEncryptionEnc` (OIDC Registration §2).',
    )
    .meta({ family: 'requests' }),
  rsSignedRequestKeyId: Text.optional()
    .describe(
      "The `kid` of the client's key that must sign those requests. Without it, the key that the signature names (RFC 9421 §3.2).",
    )
    .meta({ family: 'accessTokens' }),
  signedJwksUri: Text.optional()
    .describe(
      "The URL of the client's signed key set. It is used instead of `jwks`, whose keys verify it if there is no trust chain (OpenID Federation §5.2.1).",
    )
    .meta({ family: 'keys' }),
}
