/** The documents of a dry run. */
import { authorizeCaller, refuseInvalid } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { Client } from '../../model/client/client.ts'
import { Service } from '../../model/service/service.ts'
import { clientOf, type Documents, expiryOf, noteExpiry } from '../../store/configuration.ts'
import type { Rehearsal } from '../../store/store.ts'
import { validate } from '../body.ts'

type Members = Record<string, unknown>

interface Unsaved {
  service: Service | undefined
  client: Members | undefined
  clientId: number | undefined
}

/** The given properties of service and client, by a caller that may save them. */
export function unsavedOf(
  { service, caller }: ServiceContext,
  given: { service?: Members | undefined; client?: Members | undefined },
): Unsaved {
  const { apiKey: serviceId } = service
  const { client } = given
  if (given.service) authorizeCaller(caller, 'modify_service', { serviceId })
  if (client) authorizeCaller(caller, 'modify_client', { serviceId })
  const clientId = client && Number(client['clientId'])
  if (client && !Number.isSafeInteger(clientId)) {
    refuseInvalid('client.clientId', 'Expected the number of a client.')
  }
  const unsaved = given.service && validate(Service, over(service, given.service))
  return { service: unsaved, client, clientId }
}

/**
 * The documents of a dry run: with what is not saved, and with the clients that it would have
 * created. Clients are copies, because the process notes facts about the documents that it keeps.
 */
export function documentsOf(
  { documents, service }: ServiceContext,
  unsaved: Unsaved,
  { insertedClients }: Rehearsal,
): Documents {
  function read(client: Client | undefined, isIt: (client: Client) => boolean) {
    const found = client ?? insertedClients().map(clientOf).find(isIt)
    if (found === undefined) return undefined
    const isUnsaved = unsaved.client !== undefined && found.clientId === unsaved.clientId
    const copy = isUnsaved ? validate(Client, over(found, unsaved.client ?? {})) : { ...found }
    const expiry = expiryOf(found)
    if (expiry !== undefined) noteExpiry(copy, expiry)
    return copy
  }
  return {
    service: async (id) => (id === service.apiKey && unsaved.service) || documents.service(id),
    client: async (serviceId, id) =>
      read(await documents.client(serviceId, id), ({ clientId }) => clientId === id),
    clientByAlias: async (serviceId, alias) =>
      read(
        await documents.clientByAlias(serviceId, alias),
        ({ clientIdAlias }) => clientIdAlias === alias,
      ),
    clientByLocation: async (serviceId, url) =>
      read(
        await documents.clientByLocation(serviceId, url),
        ({ metadataDocumentLocation }) => metadataDocumentLocation === url,
      ),
    clientByEntityId: async (serviceId, id) =>
      read(await documents.clientByEntityId(serviceId, id), ({ entityId }) => entityId === id),
  }
}

/** Who a document is of stays, and so do its secrets. */
const fixed = ['number', 'apiKey', 'clientId', 'createdAt', 'modifiedAt', 'secretState', 'entityId']

const over = (document: object, members: Members): Members => ({
  ...(document as Members),
  ...Object.fromEntries(Object.entries(members).filter(([name]) => !fixed.includes(name))),
})
