/** Requests for credentials: checked, and kept until the caller decides. */
import type { ServiceContext } from '../context.ts'
import type { CredentialRequest, ResponseEncryption } from '../model/credential/request.ts'
import { policyOf } from '../oauth/policy.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { tokenGone } from '../oauth/vci/presentation.ts'
import { type Members, readMembers } from '../oauth/vci/request/content.ts'
import { plainRequest } from '../oauth/vci/request/decryption.ts'
import { readResponseEncryption } from '../oauth/vci/request/response-encryption.ts'
import { type Selection, selectCredential } from '../oauth/vci/request/selection.ts'
import { Refusal } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import type { findCredentialToken } from './presented-token.ts'
import { claimProofs, type Proven, verifyProofs } from './proofs.ts'

export type CredentialToken = Awaited<ReturnType<typeof findCredentialToken>>

/** How long the caller may take to issue what was requested, in milliseconds. */
const decisionTime = 600_000

export interface ReadRequest {
  members: Members
  isEncrypted: boolean
}

/** The parameters of a request, which may be encrypted. */
export async function readRequest(
  { service }: ServiceContext,
  content: string | undefined,
): Promise<ReadRequest> {
  const { text, isEncrypted } = await plainRequest(service, content ?? '')
  return { members: readMembers(text), isEncrypted }
}

/** HAIP §4: rules that wallets in the field do not all follow. */
const isStrict = ({ service }: ServiceContext, { client, grant }: CredentialToken): boolean =>
  policyOf(service, client, grant.scopes).highAssurance

export interface CheckedRequest extends Selection {
  members: Members
  encryption: ResponseEncryption | undefined
  proven: Proven
}

/** OpenID4VCI §8.2: what is requested, how it is to be encrypted, and for which keys. */
export async function checkRequest(
  context: ServiceContext,
  token: CredentialToken,
  { members, isEncrypted }: ReadRequest,
): Promise<CheckedRequest> {
  const { service } = context
  const { client, grant, grantedCredentials } = token
  const strict = isStrict(context, token)
  const permitted = { granted: grantedCredentials, strict }
  const selection = selectCredential(service, members, permitted)
  const encryption = await readResponseEncryption(service, client, members, isEncrypted)
  const prover = { client, grant, strict }
  const proven = await verifyProofs(context, prover, selection.configuration, members)
  return { ...selection, members, encryption, proven }
}

/**
 * Keeps checked requests until they are decided: in one commit with what may be used once, their
 * nonces or proofs. Returns their identifiers.
 */
export async function keepRequests(
  context: ServiceContext,
  token: CredentialToken,
  requests: readonly CheckedRequest[],
): Promise<string[]> {
  const { store, system } = context
  const identifiers = requests.map(() => system.random.token(256))
  const claims = claimProofs(
    context,
    requests.map(({ proven }) => proven),
  )
  const batch = { id: system.random.token(128), size: requests.length }
  const more = batch.size > 1 ? { batch } : {}
  const inserts = requests.map((request, index) =>
    insertion(context, token, identifiers[index] ?? '', { ...dataOf(request), ...more }),
  )
  await store.commit(...claims, ...inserts)
  return identifiers
}

function insertion(
  { service, store, now }: ServiceContext,
  { row, client, subject }: CredentialToken,
  identifier: string,
  data: CredentialRequest,
): Write {
  const insert = store.credentialRequests.insert({
    serviceId: service.apiKey,
    identifierHash: tokenHash(identifier),
    status: 'PARSED',
    clientId: client.clientId,
    subject: subject ?? null,
    tokenHash: row.tokenHash,
    familyId: row.familyId,
    expiresAt: now + decisionTime,
    data,
  })
  return orRefuse(insert, new Refusal(tokenGone))
}

/** The request as it is kept. */
export const dataOf = ({
  configuration,
  credentialIdentifier,
  encryption,
  proven,
}: CheckedRequest): CredentialRequest => ({
  configurationId: configuration.id,
  ...(credentialIdentifier === undefined ? {} : { credentialIdentifier }),
  format: configuration.format,
  keys: proven.keys.map((key) => ({ ...key })),
  ...(encryption ? { encryption } : {}),
})
