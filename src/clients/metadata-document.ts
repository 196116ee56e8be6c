/**
 * Clients with a client ID metadata document (CIMD): the document is fetched, checked, and stored
 * as a client of the service until it expires.
 */

import { serviceUnknown } from '../caller.ts'
import { processTime, type ServiceContext } from '../context.ts'
import type { Client, ClientDocument } from '../model/client/client.ts'
import { requiredLintProblem } from '../oauth/lint/required.ts'
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
import { discovered, prolonged, stayOf } from '../oauth/registration/outside-client.ts'
import { clientProfileProblem } from '../oauth/service/profile.ts'
import { selfDescribedProblems, withSigningAlgorithm } from '../oauth/service/signing-support.ts'
import { CallerError, Refusal, refuseCaller } from '../refusal.ts'
import { expiryOf, noteExpiry } from '../store/configuration.ts'
import { ConflictError, orRefuse } from '../store/engine.ts'
import { staysFor } from '../store/tables/expiring-clients.ts'
import { newIdentifier } from '../system/identifier.ts'
import { rewriteClient } from './change.ts'
import { renewedClient } from './document/renewed.ts'
import type { Presented } from './federation/presented.ts'
import { rowOf, sectorDocumentProblem } from './row.ts'

/** How a request looks up its client. */
export interface Lookup {
  /** The request starts a flow: only then a document is fetched for an unknown client. */
  begins: boolean
  /** Options of the call, in addition to those of the service. */
  options?: Permissions | undefined
  /** What the request presents, where a relying party of a federation can register by it. */
  presented?: Presented | undefined
}

const documentBytes = 65_536

/** Without a `lookup`, as in management operations, only stored clients are found. */
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
  // A lock remains, even if the document changes.
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

/** The lifetime of the document also applies to a client that is identified by its number. */
export async function currentClient(
  context: ServiceContext,
  client: Client,
  lookup: Lookup | undefined,
): Promise<{ client: Client } | undefined> {
  if (!(await wasDiscovered(context, client))) return { client }
  const found = await clientByMetadata(context, client.metadataDocumentLocation ?? '', lookup)
  return found && { client: found }
}

/** Callers can write these properties to every client, so the store decides. */
export async function wasDiscovered(
  { service, documents }: ServiceContext,
  { clientId, discoveredByMetadataDocument, metadataDocumentLocation }: Client,
): Promise<boolean> {
  if (!discoveredByMetadataDocument || !metadataDocumentLocation) return false
  const found = await documents.clientByLocation(service.apiKey, metadataDocumentLocation)
  return found?.clientId === clientId
}

/**
 * Notes that a client is used, in memory, and extends the expiry of an outside client, with a write
 * at most once a day.
 */
export async function noteUse(context: ServiceContext, client: Client): Promise<void> {
  const { service, store, now } = context
  store.clientUses.note(service.apiKey, client.clientId, processTime(context))
  const expiry = expiryOf(client)
  const expiresAt = expiry === undefined ? undefined : prolonged(service, client, expiry, now)
  if (expiresAt === undefined) return
  const { clientId } = client
  const prolong = store.expiringClients.prolong({ serviceId: service.apiKey, clientId }, expiresAt)
  await store.commit(prolong)
  noteExpiry(client, expiresAt)
}

/** CIMD §4: fetches the document and reads it as the settings of a client. */
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

/** Checks the document by the rules of all clients and returns its row. */
async function checkedRow(context: ServiceContext, document: ClientDocument) {
  const { service } = context
  const problems = await findClientProblems(document, service)
  const [own] = [...problems, ...selfDescribedProblems(document, service)]
  const problem =
    own ??
    clientProfileProblem(service, document) ??
    requiredLintProblem(service, document, context.now) ??
    (await sectorDocumentProblem(context, document))
  if (problem) refuseMetadata(`${problem.path}: ${problem.message}`)
  const { whole: _, ...row } = rowOf(document, {})
  return row
}

/** The expiry of a client that is used now. */
const expiryIn = ({ service, now }: ServiceContext) =>
  now + stayOf(service, discovered).unusedMilliseconds

/** Stores a new client. If two requests do so concurrently, both use the one that is stored. */
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
    // A concurrent request may have stored this client, and reached the limit.
    if (await documents.clientByLocation(serviceId, url)) return
    if (!(await makeRoom(context))) throw error
    await insert()
  })
  return documents.clientByLocation(serviceId, url)
}

/** The number of least recently used clients that are checked for removal. */
const candidates = 20

/**
 * Removes the least recently used client without active tokens, codes, requests or grants. A client
 * with such counts as used now. Removed clients are stored again when they return.
 */
async function makeRoom({ service, store, now }: ServiceContext): Promise<boolean> {
  const { expiringClients } = store
  const { unusedMilliseconds } = stayOf(service, discovered)
  const alive = new Error('The client has active tokens, codes, requests or grants.')
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
  const rewrite = async (current: Client) => ({
    ...(await checkedRow(context, renewedClient(current, document, derived))),
    expiresAt: expiryIn(context),
  })
  // Not a call that manages the client: it only uses it.
  await rewriteClient(context, known.clientId, rewrite, false)
  return context.documents.client(context.service.apiKey, known.clientId)
}

/** Further properties that a refresh replaces: derived ones, and those about the document. */
const derived = [
  'clientType',
  'customMetadata',
  'metadataDocumentLocation',
  'metadataDocumentUpdatedAt',
  'metadataDocumentExpiresAt',
  'discoveredByMetadataDocument',
  'clientSource',
]
