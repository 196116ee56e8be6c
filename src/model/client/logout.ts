/** Properties about the logout of users: where a client is notified, and where users return to. */
import { z } from 'zod'
import { Texts, Uri } from '../primitives.ts'

export const logoutProperties = {
  postLogoutRedirectUris: Texts.optional()
    .describe(
      'The URIs to which a user can return after a logout that the client requested. A request must use one of them, character by character. Updates that omit the property keep it; an empty list removes it (OIDC RP-Initiated Logout §3.1).',
    )
    .meta({ family: 'logout' }),
  frontchannelLogoutUri: Uri.optional()
    .describe(
      "The URL that a logout loads in an iframe of the user's browser. With it, the client's ID Tokens contain `sid`. Updates that omit the property keep it; an empty string removes it (OIDC Front-Channel Logout §2).",
    )
    .meta({ family: 'logout' }),
  frontchannelLogoutSessionRequired: z
    .boolean()
    .optional()
    .describe(
      'Whether the client requires `iss` and `sid` in the query of its `frontchannelLogoutUri`. They are always sent. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §2).',
    )
    .meta({ family: 'logout' }),
  backchannelLogoutUri: Uri.optional()
    .describe(
      "The URL that receives Logout Tokens. With it, the client's ID Tokens contain `sid`. With the scheme http it must be listed in `POSTERN_OUTBOUND_ALLOW` to be reached (OIDC Back-Channel Logout §2.2).",
    )
    .meta({ family: 'logout' }),
  backchannelLogoutSessionRequired: z
    .boolean()
    .default(false)
    .describe(
      "Whether the client's Logout Tokens must contain `sid` (OIDC Back-Channel Logout §2.2).",
    )
    .meta({ family: 'logout' }),
}
