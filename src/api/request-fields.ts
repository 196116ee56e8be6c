/** Members of requests that several operations share: what the caller gives, within its limits. */
import { z } from 'zod'
import { ClientIdText } from '../http/identifier.ts'
import { JsonObject, JsonObjectText } from '../http/json-text.ts'
import { CredentialIdentifiers } from '../model/credential/identifiers.ts'
import { GivenProperties } from '../model/grant.ts'
import { GivenIp, GivenUserAgent } from '../model/token/device.ts'

const Thumbprint = z.string().regex(/^[\w-]{43}$/, 'Expected base64url of a SHA-256')

export const given = {
  accessToken: z
    .string()
    .max(32_768)
    .optional()
    .describe(
      'The access token. In a request for new tokens, the value that the caller chooses for it.',
    ),
  certificateThumbprint: Thumbprint.optional().describe(
    'SHA-256 thumbprint of the certificate that the token is bound to, base64url.',
  ),
  claims: JsonObjectText.optional().describe('Values of the claims, as JSON text.'),
  clientId: ClientIdText.optional().describe('Number of the client.'),
  clientIdOfHeader: ClientIdText.optional().describe('The client id of the Authorization header.'),
  clientIp: GivenIp.describe(
    'Address of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 64 characters long.',
  ),
  credentialIdentifiers: z
    .array(CredentialIdentifiers)
    .max(100)
    .optional()
    .describe(
      'The datasets of the user for each credential configuration (OpenID4VCI §6.2); without any, ' +
        'a configuration has one dataset, of the same identifier.',
    ),
  dpopKeyThumbprint: Thumbprint.optional().describe(
    'JWK thumbprint of the DPoP key that the token is bound to.',
  ),
  properties: GivenProperties.optional().describe('Properties attached to the token.'),
  requestedClaims: z
    .union([z.string().max(8_192), z.array(z.string().max(256)).max(1_000)])
    .transform((names) =>
      typeof names === 'string' ? names.split(' ').filter((name) => name !== '') : names,
    )
    .optional()
    .describe(
      'Names of claims, as a list or separated by spaces: the response has no others but `sub`.',
    ),
  result: z
    .enum(['TRANSACTION_FAILED', 'ACCESS_DENIED', 'AUTHORIZED'])
    .describe('The decision of the user, or TRANSACTION_FAILED if there was none.'),
  scopes: z
    .array(z.string())
    .optional()
    .describe('Names of the granted scopes; those of the request if absent.'),
  browserState: z
    .string()
    .regex(/^[\w-]{22,128}$/)
    .optional()
    .describe(
      'The cookie with the browser state, for `session_state` in the response: OIDC Session Management §2.',
    ),
  sessionId: z
    .string()
    .max(512)
    .optional()
    .describe('Identifier of the user session at the frontend.'),
  sub: z
    .string()
    .optional()
    .describe('The subject for the client, if it differs from the unique identifier of the user.'),
  subject: z.string().min(1).max(255).describe('Unique identifier of the user at the service.'),
  userAgent: GivenUserAgent.describe(
    '`User-Agent` of the device of the user, for lists of tokens. It is stored with the tokens, without control characters and at most 512 characters long.',
  ),
  userAttributes: JsonObject.optional().describe(
    'Attributes of the user, as a JSON object or its text: the attribute `ext.claims.policy` of the service makes claims of them.',
  ),
  userInfoClaims: JsonObjectText.optional().describe(
    'Claims for UserInfo responses, as JSON text. They are stored if the service has `ext.userinfo.stored_claims` = `true`.',
  ),
  ticket: z
    .string()
    .min(1)
    .max(4_096)
    .describe('The ticket of the request, valid until the caller decides the request. Single use.'),
}
