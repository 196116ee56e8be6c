/**
 * `sid`: the name of a session towards a client, OIDC Front-Channel Logout §3. Clients with
 * pairwise subjects get a name of their sector, so that they cannot correlate users by sessions.
 */
import { createHmac } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { grantsNativeSso } from '../grants/native-sso.ts'
import { isPairwise, sectorOf } from '../tokens/subject.ts'
import { hasRegistry } from './session-settings.ts'

/** The `sid` of a session for a client. */
export const sidFor = (service: Service, client: Client, sessionId: string): string =>
  isPairwise(service, client)
    ? createHmac('sha256', service.pairwiseSubjectSalt ?? '')
        .update(`sid\0${sectorOf(client)}\0${sessionId}`, 'utf8')
        .digest('base64url')
    : sessionId

/**
 * Whether ID Tokens of a grant contain `sid`: for every session that Postern keeps, and otherwise
 * for Native SSO and for clients that are notified of logouts.
 */
export const includesSid = (service: Service, client: Client, { scopes }: Grant): boolean =>
  hasRegistry(service) ||
  Boolean(client.backchannelLogoutUri) ||
  Boolean(client.frontchannelLogoutUri) ||
  grantsNativeSso(service, scopes)
