/** The tables as drizzle-kit reads them. */
import { pgColumns } from './columns.ts'
import { defineTables } from './tables.ts'

export const {
  services,
  clients,
  counters,
  tickets,
  authorizationCodes,
  backchannelRequests,
  notifications,
  accessTokens,
  refreshTokens,
  refreshPredecessors,
  grantedScopes,
  grants,
  replays,
  tokenBatches,
  deviceCodes,
  attempts,
  apiTokens,
  hardwareKeys,
  keySchedules,
  credentialOffers,
  credentialRequests,
  issuedCredentials,
  statusLists,
  sessions,
  sessionClients,
  deliveries,
  audit,
  revisions,
} = defineTables(pgColumns)
