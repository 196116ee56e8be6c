/** Registrations of relying parties end, and are renewed: OpenID Federation §12.3. */

import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import {
  refuseDistrusted,
  refuseExpired,
} from '../../oauth/client-authentication/federated-proof.ts'
import { registersAutomatically } from '../../oauth/federation/federated-client.ts'
import { Refusal } from '../../refusal.ts'
import type { Store } from '../../store/store.ts'
import type { Lookup } from '../metadata-document.ts'
import { keepParty } from './keep.ts'
import { type ReadRequest, readRequestObject } from './request-object.ts'
import { resolveChain } from './resolve.ts'

/** The part of its life after which a registration is renewed in the background. */
const ageing = 4 / 5
/** How long a registration lives on if its federation cannot be reached when it ends. */
const graceMilliseconds = 600_000

interface Current {
  client: Client
  /** The request object, if it was read for its trust chain. */
  request?: ReadRequest
}

/**
 * The client while its registration lasts, or with a new one. It is undefined if the service takes
 * no part in federations any longer. Without a `lookup`, as in management operations, the stored
 * client.
 */
export async function currentParty(
  context: ServiceContext,
  client: Client,
  lookup: Lookup | undefined,
): Promise<Current | undefined> {
  if (!lookup) return { client }
  const { service, now } = context
  if (!service.federationEnabled) return undefined
  const { trustChainUpdatedAt: from = 0, trustChainExpiresAt: until = 0 } = client
  // A lock remains, whatever the federation says.
  if (client.locked || now < from + (until - from) * ageing) return { client }
  const isRenewed = client.automaticallyRegistered && registersAutomatically(service)
  if (now < until) {
    if (isRenewed) renewInBackground(context, client, lookup)
    return { client }
  }
  if (!isRenewed) return refuseExpired(client.entityId ?? '')
  const request = await requestOf(context, client, lookup)
  const renewed = await renewedOrTolerated(context, client, request, until)
  return { client: renewed, ...(request ? { request } : {}) }
}

/** The request object of the request that needs the client. */
async function requestOf(context: ServiceContext, client: Client, { presented }: Lookup) {
  const { request, requestUri } = presented ?? {}
  if (!presented || (request === undefined && requestUri === undefined)) return undefined
  return readRequestObject(context, presented, client.entityId ?? '', client.requestUris)
}

async function renewedOrTolerated(
  context: ServiceContext,
  client: Client,
  request: ReadRequest | undefined,
  until: number,
): Promise<Client> {
  try {
    return await renewOnce(context, client, request?.trustChain)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { isTemporary, code } = error.rule
    if (!isTemporary) return refuseDistrusted(code)
    if (context.now >= until + graceMilliseconds) throw error
    return client
  }
}

/** Renewals under way in this process. */
const underway = new WeakMap<Store, Map<string, Promise<Client>>>()

/** Requests of one client wait for one renewal. */
function renewOnce(
  context: ServiceContext,
  client: Client,
  chain?: readonly string[],
): Promise<Client> {
  const { store, service } = context
  const renewals = underway.get(store) ?? new Map<string, Promise<Client>>()
  underway.set(store, renewals)
  const name = [service.apiKey, client.clientId, ...(chain ?? [])].join(' ')
  const started = renewals.get(name)
  if (started) return started
  const renewal = resolveChain(context, client.entityId ?? '', { chain })
    .then((valid) => keepParty(context, valid, 'automatic', client))
    .finally(() => renewals.delete(name))
  renewals.set(name, renewal)
  return renewal
}

/** A failure has no effect before the registration ends. */
function renewInBackground(context: ServiceContext, client: Client, { presented }: Lookup): void {
  const { request } = presented ?? {}
  const byValue = { begins: true, presented: { request } }
  const renew = async () => {
    const read = await requestOf(context, client, byValue)
    await renewOnce(context, client, read?.trustChain)
  }
  renew().catch(() => undefined)
}
