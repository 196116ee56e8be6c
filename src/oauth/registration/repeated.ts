/**
 * Repeated registrations. All installations of one software share a client, if the service returns
 * the same client for the same metadata. Anyone may send such metadata, so a shared client has
 * nothing that only one party may know: no secret, and no registration access token.
 */
import type { Client, ClientDocument } from '../../model/client/client.ts'
import { ExactNumber, writeExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { tokenHash } from '../tokens/access-token.ts'
import { registrationSettings } from './registration-settings.ts'
import { needsSecret } from './response.ts'

/** Names the shared client of a registration; undefined if its client is not shared. */
export function registrationHash(
  metadata: Readonly<Record<string, unknown>>,
  document: ClientDocument,
  service: Service,
): string | undefined {
  const { softwareId, redirectUris = [] } = document
  const isShared =
    registrationSettings.idempotent.read(service) &&
    Boolean(softwareId) &&
    redirectUris.length > 0 &&
    !needsSecret(document)
  return isShared ? tokenHash(writeExact(sorted(metadata))) : undefined
}

/** The caller may have changed the client since: one with credentials is not shared. */
export const isStillShared = (client: Client): boolean =>
  !needsSecret(client) && !client.registrationAccessTokenHash

/** The same value for all orders of the members of its objects. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const)
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}
