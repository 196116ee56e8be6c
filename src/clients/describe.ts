/** The members of responses about a client. */
import type { ServiceContext } from '../context.ts'
import { publicKeySetText } from '../jose/key-set.ts'
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import type { NamedBy } from '../model/named-by.ts'
import type { Service } from '../model/service/service.ts'
import { secretExpiries, visibleSecret } from '../oauth/client-authentication/secret.ts'

/**
 * The client in management responses: secret and private keys require modify_client. `fresh` is a
 * secret that the client just got.
 */
export function visibleClient(
  client: Client,
  { service, caller, now }: ServiceContext,
  fresh?: string,
): Client {
  const { clientSecret: _, secretState: __, authMethodsAllowed: ___, jwks, ...rest } = client
  const shown = caller.may('modify_client')
    ? { clientSecret: visibleSecret(service, client, fresh), jwks }
    : { jwks: jwks && publicKeySetText(jwks) }
  const expiries = secretExpiries(client, now)
  return { ...rest, ...shown, ...expiries, serviceNumber: service.number } as Client
}

/** The same without what only those see who may change the client. */
export function publicClient(client: Client, context: ServiceContext): Client {
  const { clientSecret: _, jwks, ...shown } = visibleClient(client, context)
  return { ...shown, jwks: jwks && publicKeySetText(jwks) } as Client
}

/** A client that was just created; its caller has the secret from now on. */
export function createdClient(client: Client, { service, now }: ServiceContext): Client {
  const { secretState: _, authMethodsAllowed: __, ...shown } = client
  return { ...shown, ...secretExpiries(client, now), serviceNumber: service.number }
}

/** The flags about how a request identified its client; at most one is set. */
export const namingFlags = (namedBy: NamedBy) => ({
  clientIdAliasUsed: namedBy === 'alias',
  clientEntityIdUsed: namedBy === 'entity-id',
  metadataDocumentUsed: namedBy === 'metadata-document',
})

/** The identifiers of a client, and how the request identified it. */
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

/** The members about client and service that responses to client requests share. */
export const describeClient = (service: Service, client: Client, namedBy: NamedBy) => ({
  ...clientNames(client, namedBy),
  serviceAttributes: service.attributes,
  clientAttributes: client.attributes,
})

/** The client in the trace of an explained call. */
export const clientFacts = (found: {
  client: Client
  namedBy: NamedBy
  clientAuthMethod?: ClientAuthMethod | undefined
}) => ({
  clientId: found.client.clientId,
  foundBy: found.namedBy,
  clientType: found.client.clientType,
  authenticatedBy: found.clientAuthMethod,
})
