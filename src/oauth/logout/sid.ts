/** The name of a session towards a client: `sid`. OIDC Back-Channel Logout §2.1. */
import { createHmac } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { isPairwise } from '../tokens/subject.ts'

/**
 * The identifier of the session; for a client with pairwise subjects, a value that differs between
 * sectors, because `sid` would otherwise correlate the users that `sub` keeps apart.
 */
export function sidForClient(service: Service, client: Client, sessionId: string): string {
  if (!isPairwise(service, client)) return sessionId
  const sector = client.derivedSectorIdentifier ?? `client ${client.clientId}`
  return createHmac('sha256', service.pairwiseSubjectSalt ?? '')
    .update(`sid\0${sector}\0${sessionId}`, 'utf8')
    .digest('base64url')
}
