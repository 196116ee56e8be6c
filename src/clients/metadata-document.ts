/**
 * A client that is named by the URL of its metadata: known already and still current, or fetched,
 * checked and kept as a client of the service. CIMD.
 */

import { serviceUnknown } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import { type Client, ClientDocument } from '../model/client/client.ts'
import { policyOf } from '../oauth/policy.ts'
import { findClientProblems } from '../oauth/registration/client-rules.ts'
import {
  describedClient,
  lifetimeOf,
  type Permissions,
  permissionsOf,
  refuseMetadata,
  requireAllowed,
  requireDocument,
  requireLocation,
  tooManyClients,
} from '../oauth/registration/metadata-document.ts'
import { isDescribed } from '../oauth/registration/metadata-names.ts'
import { discovered, prolonged, stayOf } from '../oauth/registration/outside-client.ts'
import { clientProfileProblem } from '../oauth/service/profile.ts'
import { selfDescribedProblems, withSigningAlgorithm } from '../oauth/service/signing-support.ts'
import { CallerError, Refusal, refuseCaller } from '../refusal.ts'
import { expiryOf, noteExpiry } from '../store/configuration.ts'
import { ConflictError, orRefuse } from '../store/engine.ts'
import { staysFor } from '../store/tables/expiring-clients.ts'
import { newIdentifier } from '../system/identifier.ts'
import { rewriteClient } from './change.ts'
import { rowOf, sectorDocumentProblem } from './row.ts'

/** How a request looks for its client. */
export interface Lookup {
  /** Only what begins a flow makes a client known; what follows works with the one that is. */
  begins: boolean
  /** What the call permits beyond the service. */
  options?: Permissions | undefined
}

const documentBytes = 65_536

/** Without a `lookup`, as in operations of management, only what is stored counts. */
export async function clientByMetadata(
  context: ServiceContext,
  url: string,
  lookup: Lookup | undefined,
): Promise<Client | undefined> {
  const { service, documents, now } = context
  const known = await documents.clientByLocation(service.apiKey, url)
  if (!lookup) return known
  const { begins, options } = lookup
  if (!policyOf(service).metadataDocuments || (!begins && !known)) return undefined
  const permissions = permissionsOf(service, options)
  if (begins) requireLocation(url, permissions)
  requireAllowed(url, service)
  // What is locked stays so, whatever its document says.
  if (known?.locked) return known
  const isCurrent = known !== undefined && (known.metadataDocumentExpiresAt ?? 0) > now
  if (isCurrent && !(begins && permissions.alwaysRetrieved)) return known
  try {
    const document = await retrieve(context, url)
    return known ? await refresh(context, known, document) : await discover(context, url, document)
  } catch (error) {
    if (isCurrent && error instanceof Refusal) return known
    throw error
  }
}

/** A client that is named by its number is held to the lifetime of its document too. */
export async function currentClient(
  context: ServiceContext,
  client: Client,
  lookup: Lookup | undefined,
): Promise<Client | undefined> {
  const url = client.metadataDocumentLocation ?? ''
  return (await wasDiscovered(context, client)) ? clientByMetadata(context, url, lookup) : client
}

/** A caller may write these properties to any client: only the store says who was discovered. */
export async function wasDiscovered(
  { service, documents }: ServiceContext,
  { clientId, discoveredByMetadataDocument, metadataDocumentLocation }: Client,
): Promise<boolean> {
  if (!discoveredByMetadataDocument || !metadataDocumentLocation) return false
  const found = await documents.clientByLocation(service.apiKey, metadataDocumentLocation)
  return found?.clientId === clientId
}

/** A client that came by itself stays while it is used: that is written once a day at most. */
export async function noteUse(
  { service, store, now }: ServiceContext,
  client: Client,
): Promise<void> {
  const expiry = expiryOf(client)
  const expiresAt = expiry === undefined ? undefined : prolonged(service, client, expiry, now)
  if (expiresAt === undefined) return
  const { clientId } = client
  const prolong = store.expiringClients.prolong({ serviceId: service.apiKey, clientId }, expiresAt)
  await store.commit(prolong)
  noteExpiry(client, expiresAt)
}

/** CIMD §4: the document as it is now, as the settings of a client. */
async function retrieve({ service, system, now }: ServiceContext, url: string) {
  const accept = 'application/json, application/*+json'
  const about = { purpose: 'client metadata document', serviceId: service.apiKey }
  const answer = await system
    .fetch(url, { ...about, accept, maxBytes: documentBytes })
    .catch(() => undefined)
  const metadata = requireDocument(answer)
  return {
    ...withSigningAlgorithm(describedClient(metadata, url, service), service),
    metadataDocumentLocation: url,
    metadataDocumentUpdatedAt: now,
    metadataDocumentExpiresAt: now + lifetimeOf(answer?.cacheControl ?? ''),
    discoveredByMetadataDocument: true,
    clientSource: 'METADATA_DOCUMENT' as const,
  }
}

/** By the rules of every client. */
async function checkedRow(context: ServiceContext, document: ClientDocument) {
  const { service } = context
  const problems = await findClientProblems(document, service)
  const [own] = [...problems, ...selfDescribedProblems(document, service)]
  const problem =
    own ??
    clientProfileProblem(service, document) ??
    (await sectorDocumentProblem(context, document))
  if (problem) refuseMetadata(`${problem.path}: ${problem.message}`)
  const { whole: _, ...row } = rowOf(document, {})
  return row
}

/** A client is there for so long after it was used last. */
const expiryIn = ({ service, now }: ServiceContext) =>
  now + stayOf(service, discovered).unusedMilliseconds

/** Of two requests that discover a client at once, one makes it, and both work with it. */
async function discover(context: ServiceContext, url: string, document: ClientDocument) {
  const { service, store, system, documents, now } = context
  const serviceId = service.apiKey
  const row = await checkedRow(context, document)
  const number = await store.counters.nextIfServiceExists(serviceId, 'client')
  if (number === undefined) refuseCaller(serviceUnknown)
  const taken = (identifier: number) => store.clients.version(serviceId, identifier)
  const clientId = await newIdentifier(system.random, taken)
  const times = { createdAt: now, modifiedAt: now, expiresAt: expiryIn(context) }
  const client = { serviceId, clientId, number, location: url, ...row, ...times }
  const { limit } = stayOf(service, discovered)
  const full = new Refusal(tooManyClients)
  const room = () => store.expiringClients.requireRoom(serviceId, 'located', limit, full)
  const write = store.clients.insertIfServiceExists(client)
  const insert = () =>
    store
      .commit(...room(), orRefuse(write, new CallerError(serviceUnknown)))
      .catch((error: unknown) => {
        if (!(error instanceof ConflictError && /location/.test(error.constraint))) throw error
      })
  await insert().catch(async (error: unknown) => {
    if (error !== full) throw error
    // Another request may have discovered it, and so filled the last place.
    if (await documents.clientByLocation(serviceId, url)) return
    if (!(await makeRoom(context))) throw error
    await insert()
  })
  return documents.clientByLocation(serviceId, url)
}

/** How many of those that have been unused for longest are looked at for one that can go. */
const candidates = 20

/**
 * The client that has been unused for longest goes, unless something of it is alive: that one
 * counts as used. A flood of documents so displaces clients that come back by their own.
 */
async function makeRoom({ service, store, now }: ServiceContext): Promise<boolean> {
  const { expiringClients } = store
  const { unusedMilliseconds } = stayOf(service, discovered)
  const alive = new Error('Something of the client is alive.')
  for (const client of await expiringClients.longestUnused(service.apiKey, candidates)) {
    try {
      await store.commit(...expiringClients.remove(client, staysFor - 1, now, alive))
      return true
    } catch (error) {
      if (error !== alive) throw error
      await store.commit(expiringClients.prolong(client, now + unusedMilliseconds))
    }
  }
  return false
}

async function refresh(context: ServiceContext, known: Client, document: ClientDocument) {
  await rewriteClient(context, known.clientId, async (current) => ({
    ...(await checkedRow(context, renewed(current, document))),
    expiresAt: expiryIn(context),
  }))
  return context.documents.client(context.service.apiKey, known.clientId)
}

/** What else is told by a document: its own lifetime, and what follows from its metadata. */
const told = [
  'clientType',
  'customMetadata',
  'metadataDocumentLocation',
  'metadataDocumentUpdatedAt',
  'metadataDocumentExpiresAt',
  'discoveredByMetadataDocument',
  'clientSource',
]

/** What the document describes is replaced; what the caller added to the client stays. */
function renewed(current: Client, document: ClientDocument): ClientDocument {
  const isTold = ([name]: [string, unknown]) => isDescribed(name) || told.includes(name)
  const kept = Object.entries(current).filter((member) => !isTold(member))
  const renewedMembers = Object.entries(document).filter(isTold)
  const { requestableScopes, requestableScopesEnabled } = document.extension ?? {}
  const scopes = requestableScopesEnabled ? { requestableScopes, requestableScopesEnabled } : {}
  const extension = { ...current.extension, ...scopes }
  return ClientDocument.parse({ ...Object.fromEntries([...kept, ...renewedMembers]), extension })
}
