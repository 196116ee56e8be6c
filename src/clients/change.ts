/** Changes of an existing client, each from its newest row. */
import { changesOf } from '../audit/changes.ts'
import { recordOf } from '../audit/record.ts'
import { revisionOf } from '../audit/revision.ts'
import type { ServiceContext } from '../context.ts'
import { type Client, ClientDocument, clientSecrets } from '../model/client/client.ts'
import { splitSecrets } from '../model/split-secrets.ts'
import {
  areSettled,
  saltBits,
  secretsOf,
  settledSecrets,
} from '../oauth/client-authentication/secret.ts'
import { CallerError, refuseCaller } from '../refusal.ts'
import { clientOf, expiryOf } from '../store/configuration.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { fromNewest } from '../store/newest.ts'
import { clientUnknown } from './named.ts'

interface ClientWrite {
  alias: string | undefined
  developer: string | undefined
  softwareId: string | undefined
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  /** The new expiry if the client itself made the change. A change by a caller removes it. */
  expiresAt?: number | undefined
  /** Without, the client is modified now. */
  modifiedAt?: number
  /** The revision whose settings are brought back. */
  restored?: number | undefined
}

/** Properties without values in audit records. */
export const unshownOfClient: readonly string[] = [...clientSecrets, 'registrationAccessTokenHash']

/**
 * Rewrites a client without losing concurrent changes, with an audit record if the operation
 * declares one; not at all without a `ClientWrite`. Returns the client before the change.
 */
export async function rewriteClient(
  context: ServiceContext,
  clientId: number,
  rewrite: (current: Client) => Promise<ClientWrite | undefined>,
  isRecorded = true,
): Promise<Client> {
  const { service, store, system, now } = context
  return fromNewest(store, `client ${service.apiKey} ${clientId}`, async (lost) => {
    const row = await store.clients.find(service.apiKey, clientId)
    if (!row) refuseCaller(clientUnknown)
    const current = clientOf(row)
    const rewritten = await rewrite(current)
    if (!rewritten) return current
    const newSalt = () => system.random.token(saltBits)
    const secrets = settledSecrets(service, rewritten.secrets, now, newSalt)
    const { restored, ...rest } = rewritten
    const changes = { modifiedAt: now, ...rest, secrets }
    const write = store.clients.update(service.apiKey, clientId, changes, row.version)
    const record = isRecorded ? clientRecord(context, current, changes) : []
    const revision = clientRevision(context, row, rewritten)
    const unlocked = hastenUnlocked(context, clientId, { before: row.data, after: changes.data })
    await store.commit(orRefuse(write, lost), ...record, ...revision, ...unlocked)
    return current
  })
}

type Row = NonNullable<Awaited<ReturnType<ServiceContext['store']['clients']['find']>>>

/** Secrets are compared as they are before they are stored in another form. */
const clientRevision = (context: ServiceContext, former: Row, after: ClientWrite): Write[] =>
  after.modifiedAt === undefined
    ? revisionOf(context, {
        name: { serviceId: former.serviceId, kind: 'client', documentId: former.clientId },
        former,
        after,
        isOwn: after.expiresAt !== undefined,
        restored: after.restored,
      })
    : []

function clientRecord(context: ServiceContext, before: Client, { data, secrets }: ClientWrite) {
  const shown = (client: object, given: object) => {
    const secret = Object.entries(given).filter(([name]) => unshownOfClient.includes(name))
    return { ...ClientDocument.parse(client), ...Object.fromEntries(secret) }
  }
  const after = shown({ ...data, ...secrets }, secrets)
  return recordOf(context, {
    target: { kind: 'client', id: before.clientId },
    changes: changesOf(shown(before, before), after, unshownOfClient),
  })
}

/**
 * Changes some properties of a client and keeps all others. `expiresAt` as for `rewriteClient`.
 */
export const changeClient = (
  context: ServiceContext,
  client: Client,
  changes: (current: Client) => Partial<Client>,
  expiresAt?: number,
): Promise<Client> =>
  rewriteClient(context, client.clientId, async (current) => {
    const row = changedRow(current, changes(current))
    return { ...row, ...(expiresAt === undefined ? {} : { expiresAt }) }
  })

function changedRow(current: Client, changes: Partial<Client>): ClientWrite {
  const { dynamicallyRegistered, derivedSectorIdentifier, authMethodsAllowed } = current
  const derived = { dynamicallyRegistered, derivedSectorIdentifier, authMethodsAllowed }
  const kept = { ...secretsOf(current), ...derived }
  const document = { ...ClientDocument.parse(current), ...kept, ...changes }
  return {
    alias: current.clientIdAlias || undefined,
    developer: current.developer || undefined,
    softwareId: document.softwareId || undefined,
    ...splitSecrets(document, clientSecrets),
  }
}

/**
 * Stores the secrets as the service wants them now: hashed, and without an expired one. It is no
 * modification, and keeps the expiry of the client.
 */
export async function settleSecrets(context: ServiceContext, client: Client): Promise<void> {
  const { service, now } = context
  if (areSettled(service, client, now)) return
  const settle = async (current: Client) => {
    const { modifiedAt } = current
    const isDone = areSettled(service, current, now)
    return isDone
      ? undefined
      : { ...changedRow(current, {}), modifiedAt, expiresAt: expiryOf(current) }
  }
  await rewriteClient(context, client.clientId, settle, false).catch((error: unknown) => {
    // The client was deleted concurrently: the commit of the operation refuses that.
    if (!(error instanceof CallerError && error.rule === clientUnknown)) throw error
  })
}

/** Pushes that were put off while the client was locked are due when it is unlocked. */
export function hastenUnlocked(
  { service, store, now }: ServiceContext,
  clientId: number,
  { before, after }: Record<'before' | 'after', Record<string, unknown>>,
): Write[] {
  const isUnlocked = before['locked'] === true && after['locked'] !== true
  return isUnlocked ? [store.securityEvents.hasten(service.apiKey, clientId, now)] : []
}
