/**
 * A ticket identifies a request until the caller decides it. The checked request is stored with it,
 * so that the decision applies to exactly the request that the user saw.
 */
import { z } from 'zod'
import { GrantedCredential } from '../credential/granted.ts'
import { GrantType, Prompt, WireResponseMode } from '../enums.ts'
import { NamedBy, readingFlags } from '../named-by.ts'
import { Device } from '../token/device.ts'
import { CheckedBackchannelRequest } from './backchannel-request.ts'

/** A validated authorization request, OIDC Core §3.1.2.1. */
export const AuthorizationTicket = z.object({
  kind: z.literal('authorization'),
  clientId: z.number(),
  namedBy: NamedBy.default('id'),
  /** Response type as a set of words in wire form: `code`, `id_token`, `token`, or none. */
  responseTypes: z.array(z.string()),
  responseMode: WireResponseMode,
  redirectUri: z.string(),
  /** Whether the request had a redirect URI, RFC 6749 §4.1.3. */
  redirectUriGiven: z.boolean().default(true),
  /** The redirect URI is accepted because of test mode only. */
  test: z.literal(true).optional(),
  state: z.string().optional(),
  nonce: z.string().optional(),
  scopes: z.array(z.string()),
  /** A subject that the request demands by `id_token_hint` or an essential `sub` claim. */
  subject: z.string().optional(),
  maxAge: z.number().optional(),
  prompts: z.array(Prompt).default([]),
  acrs: z.array(z.string()).default([]),
  acrEssential: z.boolean().default(false),
  /** The `userinfo` and `id_token` members of `claims`, as JSON text. */
  userInfoClaims: z.string().optional(),
  idTokenClaims: z.string().optional(),
  /** Definitions of transformed claims, as JSON text. */
  transformedClaims: z.string().optional(),
  codeChallenge: z.string().optional(),
  codeChallengeMethod: z.string().optional(),
  resources: z.array(z.string()).default([]),
  authorizationDetails: z.string().optional(),
  dpopThumbprint: z.string().optional(),
  /** Hash of the pushed request, which is consumed when the authorization completes. */
  pushedHash: z.string().optional(),
  /** What the credential offer of the request grants, and the hash of its identifier. */
  credentials: z.array(GrantedCredential).optional(),
  offerHash: z.string().optional(),
  /** The grant management action and its grant, Grant Management for OAuth 2.0. */
  gmAction: z.enum(['CREATE', 'MERGE', 'REPLACE']).optional(),
  grantId: z.string().optional(),
  /** Text that the caller stores with the ticket: `context` of the authorization request. */
  context: z.string().optional(),
})
export type AuthorizationTicket = z.output<typeof AuthorizationTicket>

/** A token request that the caller must decide, for example by checking a password. */
export const TokenTicket = z.object({
  kind: z.literal('token'),
  clientId: z.number(),
  namedBy: NamedBy.default('id'),
  grantType: GrantType,
  scopes: z.array(z.string()),
  resources: z.array(z.string()).default([]),
  authorizationDetails: z.string().optional(),
  properties: z
    .array(z.object({ key: z.string(), value: z.string().optional(), hidden: z.boolean() }))
    .default([]),
  jwtAtClaims: z.string().optional(),
  accessTokenDuration: z.number().optional(),
  refreshTokenDuration: z.number().optional(),
  certificateThumbprint: z.string().optional(),
  dpopThumbprint: z.string().optional(),
  attestationThumbprint: z.string().optional(),
  device: Device.optional(),
})
export type TokenTicket = z.output<typeof TokenTicket>

/** A pushed authorization request, which its `request_uri` identifies. RFC 9126 §2.2 */
export const PushedTicket = z.object({
  kind: z.literal('pushed'),
  clientId: z.number(),
  /** The checked parameters, form-encoded. */
  parameters: z.string(),
  /** Thumbprint of the DPoP key that the code must be bound to, RFC 9449 §10. */
  dpopThumbprint: z.string().optional(),
  /** The payload of the pushed request object, for the caller. */
  requestObjectPayload: z.string().optional(),
})
export type PushedTicket = z.output<typeof PushedTicket>

/** A backchannel authentication request. The caller must identify its user, CIBA §7.2. */
export const BackchannelTicket = CheckedBackchannelRequest.extend({
  kind: z.literal('backchannel'),
})
export type BackchannelTicket = z.output<typeof BackchannelTicket>

/** A logout request that the user has to confirm, OIDC RP-Initiated Logout §2. */
export const LogoutTicket = z.object({
  kind: z.literal('logout'),
  /** The client that requested the logout; 0 if none is known. */
  clientId: z.number(),
  /** The sessions to end, with their subjects. */
  sessions: z.array(z.object({ sessionId: z.string(), subject: z.string().optional() })),
  /** Whether the session of the browser is among them. */
  isCurrent: z.boolean(),
  /** Where the browser goes afterwards: a registered URI with the `state` of the request. */
  target: z.string().optional(),
  uiLocales: z.array(z.string()).default([]),
})
export type LogoutTicket = z.output<typeof LogoutTicket>

export const Ticket = readingFlags(
  z.discriminatedUnion('kind', [
    AuthorizationTicket,
    TokenTicket,
    PushedTicket,
    BackchannelTicket,
    LogoutTicket,
  ]),
)
export type Ticket = z.output<typeof Ticket>
