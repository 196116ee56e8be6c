/** What answers say of a client. */
import type { ServiceContext } from '../context.ts'
import { publicKeySetText } from '../jose/key-set.ts'
import type { Client } from '../model/client/client.ts'
import type { NamedBy } from '../model/named-by.ts'
import type { Service } from '../model/service/service.ts'

/** The client as a caller may see it: secret and private keys need the right to change it. */
export function visibleClient(client: Client, { service, caller }: ServiceContext): Client {
  const { clientSecret, jwks, ...rest } = client
  const shown = caller.may('modify_client')
    ? { clientSecret, jwks }
    : { jwks: jwks && publicKeySetText(jwks) }
  return { ...rest, ...shown, serviceNumber: service.number } as Client
}

/** The flags by which the API says how a request named its client; at most one is set. */
export const namingFlags = (namedBy: NamedBy) => ({
  clientIdAliasUsed: namedBy === 'alias',
  clientEntityIdUsed: namedBy === 'entity-id',
  metadataDocumentUsed: namedBy === 'metadata-document',
})

/** The names of a client, and how the request named it. */
export function clientNames(client: Client, namedBy: NamedBy) {
  const { clientId, clientIdAlias, entityId, discoveredByMetadataDocument } = client
  return {
    clientId,
    clientIdAlias,
    clientEntityId: entityId,
    metadataDocumentLocation: discoveredByMetadataDocument
      ? client.metadataDocumentLocation
      : undefined,
    ...namingFlags(namedBy),
  }
}

/** The block about client and service that answers of requests by clients share. */
export const describeClient = (service: Service, client: Client, namedBy: NamedBy) => ({
  ...clientNames(client, namedBy),
  serviceAttributes: service.attributes,
  clientAttributes: client.attributes,
})
