/** The profiles that lints compare settings with. */
export const lintProfiles = [
  'oauth-2.1',
  'rfc9700',
  'fapi1-advanced',
  'fapi2-security',
  'fapi2-message-signing',
  'haip',
  'mcp',
  'oidc-op',
  'operations',
] as const
export type ProfileName = (typeof lintProfiles)[number]
