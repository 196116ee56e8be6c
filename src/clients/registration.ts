/** Steps of dynamic registration: who manages a client, and whether its metadata are good. */
import type { ServiceContext } from '../context.ts'
import type { Client, ClientDocument } from '../model/client/client.ts'
import { isNumericId } from '../model/primitives.ts'
import { requiredLintProblem } from '../oauth/lint/required.ts'
import { findClientProblems } from '../oauth/registration/client-rules.ts'
import {
  refuseProblem,
  requireMetadata,
  requireRegistration,
  softwareKnown,
  uniqueSoftware,
  withKeySet,
} from '../oauth/registration/dynamic.ts'
import {
  isBySecret,
  isRotated,
  type Presented,
  registrationToken,
  requireManager,
} from '../oauth/registration/management.ts'
import { registered, stayOf } from '../oauth/registration/outside-client.ts'
import { registrationSettings } from '../oauth/registration/registration-settings.ts'
import { isStillShared } from '../oauth/registration/repeated.ts'
import { configurationUri } from '../oauth/registration/response.ts'
import { withSoftwareStatement } from '../oauth/registration/software-statement.ts'
import { clientProfileProblem } from '../oauth/service/profile.ts'
import { selfDescribedProblems } from '../oauth/service/signing-support.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { refuse } from '../refusal.ts'
import { clientOf } from '../store/configuration.ts'
import type { Write } from '../store/engine.ts'
import { changeClient } from './change.ts'
import { claimOnce } from './claim-once.ts'
import { noteUse } from './metadata-document.ts'
import { noteOriginsOf } from './origins.ts'
import { sectorDocumentProblem } from './row.ts'
import { throttling } from './wrong-credentials.ts'

/** The client of the request, after its registration access token or its secret was verified. */
export async function presentedClient(
  { clientId = '', ...presented }: Presented & { clientId?: string | undefined },
  context: ServiceContext,
): Promise<Client> {
  const { service, documents, now } = context
  requireRegistration(service)
  const client = isNumericId(clientId)
    ? await documents.client(service.apiKey, Number(clientId))
    : await documents.clientByAlias(service.apiKey, clientId)
  noteOriginsOf(context, client)
  const kind = isBySecret(presented, service) ? 'client_secret' : 'registration_access_token'
  const guess = { kind, clientId: client?.clientId ?? 0 } as const
  return throttling(context, guess, () => requireManager(client, presented, service, now))
}

/** The alias that a new client is told as its client_id, if the service uses UUIDs. */
export const newAlias = ({ service, system }: ServiceContext) =>
  registrationSettings.clientIdFormat.read(service) === 'uuid'
    ? { clientIdAlias: system.random.uuid(), clientIdAliasEnabled: true }
    : {}

/** A new registration access token; undefined if the service has no place to use it. */
export function newRegistrationToken({ service, system, now }: ServiceContext): string | undefined {
  const isUsable = Boolean(configurationUri(service, ''))
  return isUsable ? registrationToken(system.random.token(256), service, now) : undefined
}

/** The token that replaces a presented one, RFC 7592 §3; undefined if it stays. */
export const successorOf = (context: ServiceContext, token: string | undefined) =>
  token && isRotated(context.service) ? newRegistrationToken(context) : undefined

/**
 * Replaces the presented token when the client reads its registration. Of concurrent requests with
 * one token, the row of the client lets one succeed; the others no longer find the token.
 */
export async function rotateToken(
  context: ServiceContext,
  client: Client,
  token: string | undefined,
): Promise<{ client: Client; token: string | undefined }> {
  const { service, now } = context
  const successor = successorOf(context, token)
  if (!successor) return { client, token }
  const changes = { registrationAccessTokenHash: tokenHash(successor) }
  const change = (current: Client) => {
    requireManager(current, { token }, service, now)
    return changes
  }
  await changeClient(context, client, change, now + stayOf(service, registered).unusedMilliseconds)
  return { client: { ...client, ...changes, modifiedAt: now }, token: successor }
}

export interface Registered {
  client: Client
  /** The new registration access token, if the client has one. */
  token: string | undefined
  /** The secret of a client that is new. */
  fresh?: string | undefined
}

/**
 * The client that registrations with this hash share, or a new one. Of concurrent registrations one
 * stores the client, and the others return it.
 */
export async function registerOnce(
  context: ServiceContext,
  hash: string | undefined,
  register: (hash: string | undefined) => Promise<Registered>,
): Promise<Registered> {
  const { service, store } = context
  const stored = async (): Promise<Registered | undefined> => {
    const row = hash && (await store.clients.findByRegistration(service.apiKey, hash))
    if (!row) return undefined
    const client = clientOf(row)
    if (!isStillShared(client)) return register(undefined)
    await noteUse(context, client)
    return { client, token: undefined }
  }
  const earlier = await stored()
  if (earlier) return earlier
  return register(hash).catch(async (error: unknown) => {
    // A concurrent registration may have taken the hash, the software_id or the last place.
    const concurrent = await stored()
    if (!concurrent) throw error
    return concurrent
  })
}

/** The metadata of a request, with those of its software statement. */
export async function describedMetadata(
  text: string | undefined,
  { service, now }: ServiceContext,
): Promise<Record<string, unknown>> {
  return withKeySet(await withSoftwareStatement(requireMetadata(text), service, now))
}

/** Checks the rules for all clients, those for registration, and the sector identifier document. */
export async function requireGood(
  document: ClientDocument,
  context: ServiceContext,
): Promise<void> {
  const { service } = context
  const problems = await findClientProblems(document, service)
  const [own] = [...problems, ...selfDescribedProblems(document, service)]
  const found =
    own ??
    clientProfileProblem(service, document) ??
    requiredLintProblem(service, document, context.now) ??
    (await sectorDocumentProblem(context, document))
  if (found) refuseProblem(found)
}

/** Two registrations within this time count as concurrent; a later one finds the stored client. */
const simultaneousMilliseconds = 10_000

/** With `dcrDuplicateSoftwareIdBlocked`, one of the concurrent registrations succeeds. */
export async function claimSoftware(
  document: ClientDocument,
  context: ServiceContext,
  former?: Client,
): Promise<Write[]> {
  const { service, store, now } = context
  const softwareId = uniqueSoftware(service, document, former)
  if (softwareId === undefined) return []
  if (await store.clients.hasSoftware(service.apiKey, softwareId)) refuse(softwareKnown)
  const expiresAt = now + simultaneousMilliseconds
  return [
    claimOnce(context, { kind: 'software_id', value: softwareId, expiresAt, rule: softwareKnown }),
  ]
}
