/** The steps of an authorization request in the trace of an explained call. */
export const authorizationSteps = [
  ...['request object', 'redirect URI', 'response type', 'scope', 'security profile', 'PKCE'],
] as const
