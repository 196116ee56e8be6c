/** Clients that are named by their entity identifiers, OpenID Federation §12. */

import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { NamedBy } from '../../model/named-by.ts'
import { defineAttribute, oneOf } from '../../oauth/attribute.ts'
import { isEntityId } from '../../oauth/federation/entity-id.ts'
import { registersAutomatically } from '../../oauth/federation/federated-client.ts'
import { staticChains } from '../../oauth/federation/settings.ts'
import { policyOf } from '../../oauth/policy.ts'
import { isWithoutDocument } from '../../oauth/registration/metadata-document.ts'
import { Refusal } from '../../refusal.ts'
import { clientByMetadata, type Lookup } from '../metadata-document.ts'
import { keepParty } from './keep.ts'
import { type Presented, requireEvidence } from './presented.ts'
import { isUnpublished } from './published.ts'
import { currentParty } from './refresh.ts'
import type { ReadRequest } from './request-object.ts'
import { resolveChain } from './resolve.ts'

const prefix = defineAttribute<'cimd' | undefined>({
  name: 'ext.federation.prefix',
  of: 'service',
  form: oneOf('cimd'),
  fallback: undefined,
  effect:
    'With `cimd`, a `client_id` that is the URL of an unknown client is looked up as a client ID ' +
    'metadata document first, and then in federations. Without the attribute, a request with a ' +
    'request object or a client assertion is looked up in federations first.',
  spec: 'OpenID Federation §12.1',
})

export interface Identified {
  client: Client
  namedBy: NamedBy
  /** The request object, if it was read in order to register the client. */
  request?: ReadRequest
}

/** The client with a URL as its identifier: of its metadata document, or in a federation. */
export async function clientByUrl(
  context: ServiceContext,
  url: string,
  lookup: Lookup | undefined,
): Promise<Identified | undefined> {
  const { service, documents } = context
  const byDocument = async () => {
    const client = await clientByMetadata(context, url, lookup)
    return client && ({ client, namedBy: 'metadata-document' } as const)
  }
  if ((lookup && !service.federationEnabled) || !isEntityId(url)) return byDocument()
  const known = await documents.clientByEntityId(service.apiKey, url)
  if (known) {
    const found = await currentParty(context, known, lookup)
    return found && { ...found, namedBy: 'entity-id' }
  }
  const presented = lookup?.presented
  if (!presented || !registersAutomatically(service)) return byDocument()
  const register = (request: ReadRequest | undefined) => registerParty(context, url, request)
  const evidence = () => requireEvidence(context, url, presented)
  if (!policyOf(service).metadataDocuments) return register(await evidence())
  const isDocument = await documents.clientByLocation(service.apiKey, url)
  if (isDocument || !provesSomething(presented)) return byDocument()
  if (prefix.read(service) === 'cimd') {
    return byDocument().catch(async (error: unknown) => {
      if (!(error instanceof Refusal && isWithoutDocument(error))) throw error
      return unless(isUnpublished, error, async () => register(await evidence()))
    })
  }
  const otherwise = (error: unknown) => {
    if (!(error instanceof Refusal)) throw error
    return unless(isWithoutDocument, error, byDocument)
  }
  const read = await evidence().catch((error: unknown) => ({ error }))
  if (read && 'error' in read) return otherwise(read.error)
  const isFound = staticChains.read(service) !== 'only' || read?.trustChain !== undefined
  if (!isFound) return byDocument()
  return register(read).catch((error: unknown) => {
    if (!isUnpublished(error)) throw error
    return otherwise(error)
  })
}

/** Whether a request has what only clients with keys have: others are in no federation. */
const provesSomething = ({ request, requestUri, credentials }: Presented): boolean =>
  request !== undefined || requestUri !== undefined || credentials?.kind === 'assertion'

/** The second way to find a client. If it does not fit, the first one says what is wrong. */
async function unless(
  isUnfit: (error: Refusal) => boolean,
  former: Refusal,
  second: () => Promise<Identified | undefined>,
): Promise<Identified | undefined> {
  try {
    return await second()
  } catch (error) {
    throw error instanceof Refusal && isUnfit(error) ? former : error
  }
}

/** Registers a relying party that is not known yet, OpenID Federation §12.1. */
async function registerParty(
  context: ServiceContext,
  entityId: string,
  request: ReadRequest | undefined,
): Promise<Identified> {
  const chain = await resolveChain(context, entityId, { chain: request?.trustChain })
  const client = await keepParty(context, chain, 'automatic')
  return { client, namedBy: 'entity-id', ...(request ? { request } : {}) }
}
