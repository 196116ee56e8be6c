/** Relying parties of a federation, stored as clients of the service. OpenID Federation §12. */

import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { type Client, ClientDocument } from '../../model/client/client.ts'
import { clientDeleted } from '../../oauth/client-authentication/method.ts'
import {
  firstSecret,
  type Secrets,
  saltBits,
  secretBits,
  settledSecrets,
} from '../../oauth/client-authentication/secret.ts'
import {
  type Registration,
  type RelyingParty,
  refuseParty,
  registrationTypesOf,
  relyingPartyClient,
} from '../../oauth/federation/relying-party.ts'
import { chainSeconds } from '../../oauth/federation/settings.ts'
import { resolvedMetadata, type TrustChain } from '../../oauth/federation/trust-chain.ts'
import { requiredLintProblem } from '../../oauth/lint/required.ts'
import { findClientProblems } from '../../oauth/registration/client-rules.ts'
import { federated, stayOf } from '../../oauth/registration/outside-client.ts'
import { needsSecret } from '../../oauth/registration/response.ts'
import { clientProfileProblem } from '../../oauth/service/profile.ts'
import { selfDescribedProblems, withSigningAlgorithm } from '../../oauth/service/signing-support.ts'
import { CallerError, defineRules, Refusal, refuse, refuseCaller } from '../../refusal.ts'
import { ConflictError, orRefuse } from '../../store/engine.ts'
import { newIdentifier } from '../../system/identifier.ts'
import { rewriteClient, unshownOfClient } from '../change.ts'
import { renewedClient } from '../document/renewed.ts'
import { clientUnknown } from '../named.ts'
import { rowOf, sectorDocumentProblem } from '../row.ts'
import { requireTrustMarks } from './trust-marks.ts'

const rules = defineRules('Relying party', {
  tooManyClients: {
    code: 'P137006',
    error: 'temporarily_unavailable',
    spec: 'OpenID Federation §18.1',
    message: 'The service has reached its limit of clients of federations.',
    isTemporary: true,
    fix: 'Raise the limit, or let unused clients be removed earlier.',
    settings: ['service.ext.federation.limit', 'service.ext.federation.unused_days'],
  },
  taken: {
    code: 'P137007',
    error: 'invalid_request',
    spec: 'OpenID Federation §1.2',
    message: 'The entity identifier is already the identifier of another client of the service.',
    fix: 'Delete the other client, or give it another alias or metadata document.',
    settings: ['client.clientIdAlias', 'client.entityId'],
  },
})

/**
 * Stores what a valid trust chain says about a relying party: a new client, or new settings of the
 * known one. Returns the client; with its secret in clear if it registered explicitly for one.
 */
export async function keepParty(
  context: ServiceContext,
  chain: TrustChain,
  registration: Registration,
  known?: Client,
): Promise<Client> {
  const { service, documents } = context
  const metadata = resolvedMetadata(chain, 'openid_relying_party')
  const party = relyingPartyClient(metadata, registration, service)
  const document = withSigningAlgorithm(party.document, service)
  // The registration ends with the first of the trust marks that it needs.
  const ending = { ...chain, expiresAt: await requireTrustMarks(context, chain) }
  const whole = { ...document, ...registeredProperties(context, ending, registration, document) }
  const described = { ...party, document: whole }
  const existing = known ?? (await documents.clientByEntityId(service.apiKey, chain.subject))
  if (existing) return rewrite(context, existing, registration, described)
  return insert(context, chain.subject, registration, described)
}

/** What the registration says about the client, beside its metadata. */
function registeredProperties(
  { service, now }: ServiceContext,
  { subject, anchor, statements, expiresAt }: TrustChain,
  registration: Registration,
  document: ClientDocument,
) {
  const isAutomatic = registration === 'automatic'
  return {
    entityId: subject,
    automaticallyRegistered: isAutomatic,
    explicitlyRegistered: !isAutomatic,
    clientSource: isAutomatic
      ? ('AUTOMATIC_REGISTRATION' as const)
      : ('EXPLICIT_REGISTRATION' as const),
    clientRegistrationTypes: registrationTypesOf(document, registration),
    trustAnchorId: anchor,
    trustChain: statements.map(({ text }) => text),
    trustChainExpiresAt: Math.min(expiresAt, now + chainSeconds.read(service) * 1_000),
    trustChainUpdatedAt: now,
  }
}

/** Checks the client by the rules of all clients; its sector document, if that may matter now. */
async function requireGood(
  context: ServiceContext,
  document: ClientDocument,
  former?: Client,
): Promise<void> {
  const { service } = context
  const problems = await findClientProblems(document, service)
  const [own] = [...problems, ...selfDescribedProblems(document, service)]
  const problem =
    own ??
    clientProfileProblem(service, document) ??
    requiredLintProblem(service, document, context.now) ??
    (isSameSector(document, former) ? undefined : await sectorDocumentProblem(context, document))
  if (problem) refuseParty(`${problem.path}: ${problem.message}`)
}

const isSameSector = (document: ClientDocument, former: Client | undefined): boolean =>
  document.sectorIdentifierUri === former?.sectorIdentifierUri &&
  JSON.stringify(document.redirectUris) === JSON.stringify(former?.redirectUris)

/** The expiry of a client that is used now. */
const expiryIn = ({ service, now }: ServiceContext) =>
  now + stayOf(service, federated).unusedMilliseconds

/** A new secret for a client that registered explicitly, and declared that it needs one. */
function newSecret({ service, system, now }: ServiceContext, document: ClientDocument) {
  if (!needsSecret(document)) return {}
  // It does not expire before the registration, OpenID Federation §12.2.3.
  return firstSecret(service, system.random.token(secretBits), { isRegistered: false, now })
}

/** Stores a new client. If two requests do so concurrently, both use the one that is stored. */
async function insert(
  context: ServiceContext,
  entityId: string,
  registration: Registration,
  party: RelyingParty,
): Promise<Client> {
  const { service, store, system, documents, now } = context
  const serviceId = service.apiKey
  const { document, authMethodsAllowed } = party
  await requireGood(context, document)
  const fresh = newSecret(context, document)
  const { whole, secrets, ...row } = rowOf(document, { ...fresh, authMethodsAllowed })
  const number = await store.counters.nextIfServiceExists(serviceId, 'client')
  if (number === undefined) refuseCaller(serviceUnknown)
  const taken = (identifier: number) => store.clients.version(serviceId, identifier)
  const clientId = await newIdentifier(system.random, taken)
  const write = store.clients.insertFederated({
    ...row,
    serviceId,
    clientId,
    number,
    entityId,
    secrets: settledSecrets(service, secrets, now, () => system.random.token(saltBits)),
    createdAt: now,
    modifiedAt: now,
    expiresAt: expiryIn(context),
  })
  const { limit } = stayOf(service, federated)
  const full = new Refusal(rules.tooManyClients)
  const room = store.expiringClients.requireRoom(serviceId, 'federated', limit, full)
  const refused = new Refusal(rules.taken, entityId)
  const record = recordOf(context, {
    target: { kind: 'client', id: clientId },
    changes: changesOf(ClientDocument.parse({}), ClientDocument.parse(whole), unshownOfClient),
  })
  try {
    await store.commit(...room, orRefuse(write, refused), ...record)
  } catch (error) {
    const isRaced = error instanceof ConflictError && /entity/.test(error.constraint)
    if (!isRaced && error !== full && error !== refused) throw error
    const winner = await documents.clientByEntityId(serviceId, entityId)
    if (winner && registration === 'automatic') return winner
    if (winner) return rewrite(context, winner, registration, party)
    // The write touches no row if the service is gone, either.
    const isThere = (await store.services.version(serviceId)) !== undefined
    if (!isThere) refuseCaller(serviceUnknown)
    return refuse(error === full ? rules.tooManyClients : rules.taken, entityId)
  }
  return stored(context, clientId, fresh)
}

/** Further properties that a new registration replaces. */
const derived = [
  'clientType',
  'customMetadata',
  'entityId',
  'automaticallyRegistered',
  'explicitlyRegistered',
  'clientSource',
  'trustAnchorId',
  'trustChain',
  'trustChainExpiresAt',
  'trustChainUpdatedAt',
] as const satisfies readonly (keyof ClientDocument)[]

/** Replaces what the metadata say, and keeps what the caller added. */
async function rewrite(
  context: ServiceContext,
  { clientId }: Client,
  registration: Registration,
  { document, authMethodsAllowed }: RelyingParty,
): Promise<Client> {
  const isExplicit = registration === 'explicit'
  const fresh = isExplicit ? newSecret(context, document) : {}
  const settings = async (current: Client) => {
    const renewed = renewedClient(current, document, derived)
    await requireGood(context, renewed, current)
    const { whole: _, ...row } = rowOf(renewed, { ...fresh, authMethodsAllowed })
    return { ...row, expiresAt: expiryIn(context) }
  }
  // A refresh is not a call that manages the client: it only uses it.
  await rewriteClient(context, clientId, settings, isExplicit).catch((error: unknown) => {
    if (error instanceof CallerError && error.rule === clientUnknown) refuse(clientDeleted)
    throw error
  })
  return stored(context, clientId, fresh)
}

/** The client as it is stored now; with its new secret in clear, of which a hash may be stored. */
async function stored(
  { service, documents }: ServiceContext,
  clientId: number,
  { clientSecret }: Partial<Secrets>,
): Promise<Client> {
  const client = await documents.client(service.apiKey, clientId)
  if (!client) return refuse(clientDeleted)
  return clientSecret === undefined ? client : { ...client, clientSecret }
}
