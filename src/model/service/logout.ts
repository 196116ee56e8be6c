/** Properties about sessions and logout: endpoints for browsers, and supported notifications. */
import { z } from 'zod'
import { Uri } from '../primitives.ts'

export const logoutProperties = {
  endSessionEndpoint: Uri.optional()
    .describe(
      'The URL of the logout endpoint, published in the discovery document as `end_session_endpoint` (OIDC RP-Initiated Logout §2.1).',
    )
    .meta({ family: 'logout' }),
  checkSessionIframe: Uri.optional()
    .describe(
      'The URL of the page with which clients check the login state of a browser, published in the discovery document as `check_session_iframe`. It must have the origin of `issuer`. Updates that omit the property keep it; an empty string removes it (OIDC Session Management §3.3).',
    )
    .meta({ family: 'logout' }),
  frontchannelLogoutSupported: z
    .boolean()
    .optional()
    .describe(
      "Whether clients are notified of logouts through the user's browser, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3).",
    )
    .meta({ family: 'logout' }),
  frontchannelLogoutSessionSupported: z
    .boolean()
    .optional()
    .describe(
      'Whether these notifications contain `iss` and `sid`, as published in the discovery document. Updates that omit the property keep it; `false` removes it (OIDC Front-Channel Logout §3).',
    )
    .meta({ family: 'logout' }),
  backchannelLogoutSupported: z
    .boolean()
    .default(false)
    .describe(
      'Whether clients are notified of logouts through the back channel, as published in the discovery document (OIDC Back-Channel Logout §2.1).',
    )
    .meta({ family: 'logout' }),
  backchannelLogoutSessionSupported: z
    .boolean()
    .default(false)
    .describe(
      'Whether Logout Tokens contain `sid`, as published in the discovery document (OIDC Back-Channel Logout §2.1).',
    )
    .meta({ family: 'logout' }),
}
