/** The documents of a dry run. */
import { authorizeCaller, refuseInvalid } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { Client } from '../../model/client/client.ts'
import { aheadOf, noteAhead } from '../../model/service/clock.ts'
import { Service } from '../../model/service/service.ts'
import { type Documents, expiryOf, noteExpiry, readDocuments } from '../../store/configuration.ts'
import type { Rehearsal } from '../../store/store.ts'
import type { Clock } from '../../system/clock.ts'
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
  if (unsaved) noteAhead(unsaved, aheadOf(service))
  return { service: unsaved, client, clientId }
}

/** The documents of a dry run: with what is not saved, and with what it has written itself. */
export function documentsOf(
  { service: { apiKey: own } }: ServiceContext,
  unsaved: Unsaved,
  { store }: Rehearsal,
  clock: Clock,
): Documents {
  const documents = readDocuments(store, clock)
  async function changed(reading: Promise<Client | undefined>): Promise<Client | undefined> {
    const found = await reading
    if (!found || !unsaved.client || found.clientId !== unsaved.clientId) return found
    const copy = validate(Client, over(found, unsaved.client))
    const expiry = expiryOf(found)
    if (expiry !== undefined) noteExpiry(copy, expiry)
    return copy
  }
  return {
    service: async (id) => (id === own && unsaved.service) || documents.service(id),
    client: (...of) => changed(documents.client(...of)),
    clientByAlias: (...of) => changed(documents.clientByAlias(...of)),
    clientByLocation: (...of) => changed(documents.clientByLocation(...of)),
    clientByEntityId: (...of) => changed(documents.clientByEntityId(...of)),
  }
}

/** Who a document is of stays, and so do its secrets. */
const fixed = ['number', 'apiKey', 'clientId', 'createdAt', 'modifiedAt', 'secretState', 'entityId']

const over = (document: object, members: Members): Members => ({
  ...(document as Members),
  ...Object.fromEntries(Object.entries(members).filter(([name]) => !fixed.includes(name))),
})
