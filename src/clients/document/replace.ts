/** Replacing the settings of a client: checks, the guarded write, its record, and the response. */
import { noteField, type ServiceContext } from '../../context.ts'
import { type Client, type ClientDocument, StoredClient } from '../../model/client/client.ts'
import { secretsOf } from '../../oauth/client-authentication/secret.ts'
import { keptRegistration } from '../../oauth/federation/federated-client.ts'
import { clientLints } from '../../oauth/lint/client-lints.ts'
import { reportOf } from '../../oauth/lint/lint.ts'
import { lintChanges } from '../../oauth/lint/schemas.ts'
import { clientSubject } from '../../oauth/lint/subjects.ts'
import { findClientWarnings } from '../../oauth/service/warnings.ts'
import type { NewSettings } from '../../services/change.ts'
import { requireFilelessClient } from '../../services/configuration/strict.ts'
import { savedTag } from '../../services/entity-tag.ts'
import { requireVersion } from '../../services/precondition.ts'
import { clientChanges, warningsOf } from '../../services/saved-document.ts'
import { versionOf } from '../../store/configuration.ts'
import { rewriteClient } from '../change.ts'
import { visibleClient } from '../describe.ts'
import { wasDiscovered } from '../metadata-document.ts'
import { clientRow, refuseAliasConflict, refuseTakenAlias } from '../row.ts'

/**
 * Saves the settings that `settingsOf` makes of the present ones, and returns the response. It
 * makes them again if another call was faster, unless the caller expects a version. With `isDry`
 * nothing is saved. `restored` is the revision that the settings are from.
 */
export async function replaceClient(
  context: ServiceContext,
  clientId: number,
  settingsOf: (current: Client) => NewSettings<ClientDocument>,
  isDry = false,
  restored?: number,
) {
  let updated: Partial<Client> = {}
  let warnings: ReturnType<typeof warningsOf> = {}
  const before = await rewriteClient(context, clientId, async (current) => {
    requireVersion(context, versionOf(current))
    requireFilelessClient(context.service, current)
    const { document, ignored } = settingsOf(current)
    const kept = await originOf(context, document, current)
    const { whole, ...row } = await clientRow(context, document, kept, current)
    warnings = warningsOf(context, ignored, findClientWarnings(whole as Client, context.service))
    updated = whole
    if (isDry) await refuseTakenAlias(context, row.alias, clientId)
    return isDry ? undefined : { ...row, restored }
  }).catch(refuseAliasConflict)
  const { number, createdAt } = before
  const times = { createdAt, modifiedAt: isDry ? before.modifiedAt : context.now }
  const after = StoredClient.parse({ ...updated, number, clientId, ...times })
  noteField(context, 'ETag', savedTag(versionOf(before) + (isDry ? 0 : 1)))
  return {
    ...visibleClient(after, context),
    ...warnings,
    ...clientChanges(isDry || context.preferences.changes, before, after),
    ...(isDry ? { lints: lintsOf(context, before, after) } : {}),
  }
}

function lintsOf({ service, now }: ServiceContext, before: Client, after: Client) {
  const found = (client: Client) =>
    reportOf(clientLints, clientSubject(service, client, now)).findings
  return lintChanges(found(before), found(after))
}

/** What an update keeps: the secrets, and how the client came. */
export async function originOf(
  context: ServiceContext,
  { clientSource, registrationAccessTokenHash }: ClientDocument,
  current: Client,
): Promise<Partial<Client>> {
  const { dynamicallyRegistered } = current
  return {
    ...secretsOf(current),
    dynamicallyRegistered,
    clientSource: clientSource ?? current.clientSource,
    registrationAccessTokenHash: registrationAccessTokenHash ?? current.registrationAccessTokenHash,
    ...((await wasDiscovered(context, current)) ? discoveredFrom(current) : {}),
    ...keptRegistration(current),
  }
}

/** A client that was created from its metadata document stays linked to the document. */
function discoveredFrom(client: Client): Partial<Client> {
  const { clientSource, discoveredByMetadataDocument, metadataDocumentLocation } = client
  const { metadataDocumentExpiresAt, metadataDocumentUpdatedAt } = client
  return {
    clientSource,
    discoveredByMetadataDocument,
    metadataDocumentLocation,
    metadataDocumentExpiresAt,
    metadataDocumentUpdatedAt,
  }
}
