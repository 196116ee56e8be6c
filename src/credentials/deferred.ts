/** Transactions: credential requests whose issuance was deferred, OpenID4VCI §9. */
import type { ServiceContext } from '../context.ts'
import type { CredentialRequest } from '../model/credential/request.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { textMember } from '../oauth/vci/request/content.ts'
import { readResponseEncryption } from '../oauth/vci/request/response-encryption.ts'
import { defineRules, Refusal, refuse } from '../refusal.ts'
import { orRefuse } from '../store/engine.ts'
import type { CredentialToken, ReadRequest } from './parse.ts'

const rules = defineRules('Deferred credential request', {
  missing: {
    code: 'P125301',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §9.1',
    message: 'The deferred credential request has no transaction_id.',
    fix: 'Send the `transaction_id` of the deferred response.',
  },
  unknown: {
    code: 'P125302',
    error: 'invalid_transaction_id',
    spec: 'OpenID4VCI §9.3',
    message: 'The transaction_id is unknown, expired, or was used to obtain the credential.',
    fix: 'Send the `transaction_id` of a deferred response until the credential was received, with the same client.',
    settings: ['service.credentialTransactionDuration'],
  },
  notGranted: {
    code: 'P125303',
    error: 'insufficient_scope',
    spec: 'OpenID4VCI §9',
    message: 'The access token does not allow to obtain the credential of the transaction.',
    fix: 'Get an access token whose scope or details include the credential of the transaction.',
  },
})

/**
 * The deferred request of a transaction, for any token of the same client and user. How this
 * request wants the response encrypted replaces what was stated before.
 */
export async function findTransaction(
  context: ServiceContext,
  token: CredentialToken,
  { members, isEncrypted }: ReadRequest,
): Promise<{ identifier: string; data: CredentialRequest }> {
  const { service, store, now } = context
  const identifier = textMember(members, 'transaction_id') ?? refuse(rules.missing)
  const identifierHash = tokenHash(identifier)
  const row = await store.credentialRequests.find(service.apiKey, identifierHash)
  const isOpen = row?.status === 'DEFERRED' && row.expiresAt > now && isOfToken(row, token)
  if (!isOpen) refuse(rules.unknown)
  const { configurationId } = row.data
  const granted = token.grantedCredentials
  if (!granted.some((each) => each.configurationId === configurationId)) refuse(rules.notGranted)
  const encryption = await readResponseEncryption(service, token.client, members, isEncrypted)
  const { encryption: former, ...kept } = row.data
  const data = { ...kept, ...(encryption ? { encryption } : {}) }
  if (encryption || former) {
    const { expiresAt } = row
    const states = { from: 'DEFERRED', to: 'DEFERRED' } as const
    const key = { serviceId: service.apiKey, identifierHash }
    const change = store.credentialRequests.move({ ...key, ...states, expiresAt, data, now })
    await store.commit(orRefuse(change, new Refusal(rules.unknown)))
  }
  return { identifier, data }
}

interface Owned {
  clientId: number
  subject: string | null
  familyId: string
}

/** Without a user, only tokens of the same authorization have the same owner. */
const isOfToken = (row: Owned, { row: token }: { row: Owned }): boolean =>
  row.clientId === token.clientId &&
  row.subject === token.subject &&
  (row.subject !== null || row.familyId === token.familyId)
