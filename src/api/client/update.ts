/** Replaces the settings of a client as a whole, except for its id, secret and origin. */

import { rewriteClient } from '../../clients/change.ts'
import { visibleClient } from '../../clients/describe.ts'
import { wasDiscovered } from '../../clients/metadata-document.ts'
import { namedClient } from '../../clients/named.ts'
import { clientRow, refuseAliasConflict } from '../../clients/row.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Client, ClientDocument, StoredClient } from '../../model/client/client.ts'
import { secretsOf } from '../../oauth/client-authentication/secret.ts'
import { keptRegistration } from '../../oauth/federation/federated-client.ts'
import { findClientWarnings } from '../../oauth/service/warnings.ts'
import { clientChanges, ReplacedMembers, warningsOf } from '../../services/saved-document.ts'
import { ClientPath } from './schemas.ts'

export const clientUpdate = defineEndpoint({
  operationId: 'client_update_api',
  audits: 'client.updated',
  method: 'post',
  path: '/api/{serviceId}/client/update/{clientId}',
  tag: 'Client Management',
  summary: 'Update a client',
  description:
    'Replaces the whole document: properties that the call omits get their defaults. Separate ' +
    'operations change the client secret.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientPath,
  body: ClientDocument,
  form: true,
  response: Client.and(ReplacedMembers),
  async handle({ params, body, ignored }, context) {
    const client = await namedClient(context, params.clientId)
    let updated: Partial<Client> = {}
    let warnings: ReturnType<typeof warningsOf> = {}
    const before = await rewriteClient(context, client.clientId, async (current) => {
      const { dynamicallyRegistered } = current
      const clientSource = body.clientSource ?? current.clientSource
      const registrationAccessTokenHash =
        body.registrationAccessTokenHash ?? current.registrationAccessTokenHash
      const origin = { clientSource, registrationAccessTokenHash }
      const kept: Partial<Client> = {
        ...secretsOf(current),
        dynamicallyRegistered,
        ...origin,
        ...((await wasDiscovered(context, current)) ? originOf(current) : {}),
        ...keptRegistration(current),
      }
      const { whole, ...row } = await clientRow(context, body, kept, current)
      warnings = warningsOf(context, ignored, findClientWarnings(whole as Client, context.service))
      updated = whole
      return row
    }).catch(refuseAliasConflict)
    const { number, clientId, createdAt } = before
    const after = StoredClient.parse({
      ...updated,
      number,
      clientId,
      createdAt,
      modifiedAt: context.now,
    })
    const changes = clientChanges(context, before, after)
    return { ...visibleClient(after, context), ...warnings, ...changes }
  },
})

/** A client that was created from its metadata document stays linked to the document. */
function originOf(client: Client): Partial<Client> {
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
