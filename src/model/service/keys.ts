/** Properties about the keys of a service. */
import { z } from 'zod'
import { LongText, Text, Uri } from '../primitives.ts'
import { Hsk } from './hsk.ts'

export const keysProperties = {
  accessTokenSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key that signs access tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    )
    .meta({ family: 'keys' }),
  jwksUri: Uri.optional()
    .describe(
      "The URL of the service's key set, published in the discovery document (RFC 8414 §2).",
    )
    .meta({ family: 'keys' }),
  directJwksEndpointEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the engine serves the key set itself.')
    .meta({ family: 'endpoints' }),
  jwks: LongText.optional()
    .describe(
      'The key set of the service as JSON text, with its private keys. Stored sealed; only public keys are published. A key that is saved without `kid` or `use` gets its thumbprint as `kid` (RFC 7638), and the `use` of its `alg` or curve, else `sig`. The public key of a key that no longer signs stays in the set for as long as its ID Tokens are used as hints, such as at logout (RFC 7517 §5).',
    )
    .meta({ family: 'keys' }),
  idTokenSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key that signs ID Tokens. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    )
    .meta({ family: 'keys' }),
  userInfoSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key that signs UserInfo responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    )
    .meta({ family: 'keys' }),
  authorizationSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key that signs JWT authorization responses. Without it, the first key for the algorithm signs (RFC 7515 §4.1.4).',
    )
    .meta({ family: 'keys' }),
  hsmEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the service uses keys of hardware security modules.')
    .meta({ family: 'keys' }),
  hsks: z
    .array(Hsk)
    .max(1000)
    .optional()
    .describe('The keys of the service in hardware security modules.')
    .meta({ family: 'keys' }),
  introspectionSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key that signs introspection responses. Without it, the first key for the algorithm signs (RFC 9701 §5).',
    )
    .meta({ family: 'keys' }),
  resourceSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key that makes HTTP message signatures of UserInfo responses. Without it, the first suitable key signs (RFC 9421 §3.1).',
    )
    .meta({ family: 'keys' }),
}
