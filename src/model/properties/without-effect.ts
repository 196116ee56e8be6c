/** Properties that are stored and returned but have no effect in Postern, each with the reason. */

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

const reasons: Record<string, string[]> = {
  'It is a note of the caller, which no operation of the contract reads.': words(
    'inScopeForTokenMigration',
  ),
  'Postern has no endpoints for clients: the frontend has them.': words(`
    directAuthorizationEndpointEnabled directTokenEndpointEnabled directRevocationEndpointEnabled
    directIntrospectionEndpointEnabled directJwksEndpointEnabled directUserInfoEndpointEnabled`),
  'Postern has no login pages: the frontend authenticates users and developers.': words(`
    authenticationCallbackEndpoint authenticationCallbackApiKey authenticationCallbackApiSecret
    developerAuthenticationCallbackEndpoint developerAuthenticationCallbackApiKey
    developerAuthenticationCallbackApiSecret supportedSnses snsCredentials supportedDeveloperSnses
    developerSnsCredentials clientsPerDeveloper`),
  'It is information for the frontend.': words(`
    serviceName clientName clientNames description descriptions logoUri logoUris contacts
    softwareVersion tosUris policyUris clientUri clientUris digestAlgorithm
    mtlsEndpointAliasesUsed`),
}

export const unusedProperties: readonly string[] = Object.values(reasons).flat()

/** Why the property has no effect; undefined if it has one. */
export const withoutEffect = (name: string): string | undefined =>
  Object.entries(reasons).find(([, names]) => names.includes(name))?.[0]
