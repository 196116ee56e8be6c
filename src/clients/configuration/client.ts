/** A client as a configuration leaves it, compared with what it is. */
import { isDeepStrictEqual } from 'node:util'
import { changesOf } from '../../audit/changes.ts'
import { refuseInvalid } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import type { AuditChange } from '../../model/audit/record.ts'
import { type Client, ClientDocument, StoredClient } from '../../model/client/client.ts'
import type { RequestedClient } from '../../model/configuration/request.ts'
import {
  isCurrentSecret,
  replaceSecret,
  secretBits,
} from '../../oauth/client-authentication/secret.ts'
import { clientKey, withAttributes } from '../../oauth/configuration/attributes.ts'
import { unfederated } from '../../oauth/federation/federated-client.ts'
import { withRemovals } from '../../oauth/logout/kept-properties.ts'
import { CallerError } from '../../refusal.ts'
import { versionOf } from '../../store/configuration.ts'
import { unshownOfClient } from '../change.ts'
import { originOf } from '../document/replace.ts'
import { clientRow, refuseTakenAlias } from '../row.ts'

type Row = Omit<Awaited<ReturnType<typeof clientRow>>, 'whole'>

export interface PlannedClient {
  key: string
  /** Undefined for a client that is to be created. */
  current: Client | undefined
  version: number
  after: Client
  /** The row that stores it; undefined if nothing changes. */
  row: Row | undefined
  changes: AuditChange[]
  /** The ID that a new client gets, if it is not a random one. */
  newClientId?: number | undefined
  /** A secret that Postern makes. */
  generated?: string | undefined
}

/** `context` has the service as the configuration leaves it. */
export async function planClient(
  context: ServiceContext,
  requested: RequestedClient,
  current: Client | undefined,
): Promise<PlannedClient> {
  try {
    return await (current
      ? changedClient(context, requested, current)
      : newClient(context, requested))
  } catch (error) {
    if (!(error instanceof CallerError)) throw error
    // The caller is to know which client it is.
    throw new CallerError(error.rule, `clients.${requested.key}: ${error.detail ?? ''}`.trim())
  }
}

async function newClient(
  context: ServiceContext,
  { key, clientId, newClientId, clientSecret: given, ...requested }: RequestedClient,
): Promise<PlannedClient> {
  if (newClientId !== undefined) await requireUnused(context, newClientId)
  if (typeof given === 'object' && 'keep' in given) {
    refuseInvalid('clientSecret', 'A new client has no secret to keep: name one, or generate it')
  }
  if (typeof requested.jwks === 'object') {
    refuseInvalid('jwks', 'A new client has no key set to keep')
  }
  const isGiven = typeof given === 'string'
  const clientSecret = isGiven ? given : context.system.random.token(secretBits)
  const clientSource = requested.clientSource ?? 'STATIC_REGISTRATION'
  const document = documentOf(requested, key)
  const { whole, ...row } = await clientRow(context, document, {
    clientSecret,
    clientSource,
    ...unfederated,
  })
  await refuseTakenAlias(context, row.alias, 0)
  const times = { createdAt: context.now, modifiedAt: context.now }
  return {
    key,
    current: undefined,
    version: 1,
    after: StoredClient.parse({ ...whole, number: 0, clientId: 0, ...times }),
    row,
    changes: changesOf(ClientDocument.parse({}), ClientDocument.parse(whole), unshownOfClient),
    newClientId,
    generated: isGiven ? undefined : clientSecret,
  }
}

/** No ID names two clients, also not one after the other: settings of the first may be kept. */
async function requireUnused({ store, service }: ServiceContext, clientId: number): Promise<void> {
  const name = { serviceId: service.apiKey, kind: 'client', documentId: clientId } as const
  const version = await store.clients.version(service.apiKey, clientId)
  const [revision] = await store.revisions.list(name, { limit: 1 })
  if (version !== undefined || revision !== undefined) {
    refuseInvalid('newClientId', `Another client has the ID ${clientId}, or had it`)
  }
}

async function changedClient(
  context: ServiceContext,
  { key, clientId, newClientId, clientSecret: given, ...requested }: RequestedClient,
  current: Client,
): Promise<PlannedClient> {
  if (newClientId !== undefined && newClientId !== current.clientId) {
    refuseInvalid('newClientId', `The client has the ID ${current.clientId}, which never changes`)
  }
  const document = documentOf(requested, key, current)
  const isNewSecret = typeof given === 'string' && !isCurrentSecret(current, given)
  const version = versionOf(current)
  if (!isNewSecret && isDeepStrictEqual(comparable(document), comparable(current))) {
    return { key, current, version, after: current, row: undefined, changes: [] }
  }
  const { service, now } = context
  const origin = await originOf(context, document, current)
  const kept = isNewSecret
    ? { ...origin, ...replaceSecret(service, current, given, { graceSeconds: 0, now }) }
    : origin
  const { whole, ...row } = await clientRow(context, document, kept, current)
  await refuseTakenAlias(context, row.alias, current.clientId)
  const { number, createdAt, modifiedAt } = current
  const times = { createdAt, modifiedAt }
  const after = StoredClient.parse({ ...whole, number, clientId: current.clientId, ...times })
  const changes = changesOf(shown(current), shown(after), unshownOfClient)
  return { key, current, version, after, row: changes.length > 0 ? row : undefined, changes }
}

/** The settings, with the key as an attribute, and with what a configuration may leave open. */
function documentOf(
  {
    jwks,
    locked,
    ...requested
  }: Omit<RequestedClient, 'key' | 'clientSecret' | 'clientId' | 'newClientId'>,
  key: string,
  current?: Client,
): ClientDocument {
  const attributes = withAttributes(requested.attributes, { [clientKey.name]: key })
  const document = {
    ...requested,
    attributes: attributes as ClientDocument['attributes'],
    locked: locked ?? current?.locked ?? false,
    ...(jwks === undefined ? {} : { jwks: typeof jwks === 'string' ? jwks : current?.jwks }),
  }
  return current ? withRemovals(document, current) : document
}

const comparable = (document: object) => ClientDocument.parse(document)

const shown = (client: Client) => {
  const { clientSecret, secretState, jwks, registrationAccessTokenHash } = client
  const secrets = { clientSecret, secretState, jwks, registrationAccessTokenHash }
  return { ...ClientDocument.parse(client), ...secrets }
}
