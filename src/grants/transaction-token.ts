/**
 * The token exchange for a transaction token: a workload gets a JWT for the other workloads of its
 * trust domain, which says for whom and for what they work. Transaction Tokens §11
 */
import type { ServiceContext } from '../context.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { verifyJwt } from '../jose/verify.ts'
import { readReplaced } from '../oauth/grants/replaced-transaction.ts'
import { parseExchange, requireVerified } from '../oauth/grants/token-exchange.ts'
import {
  type Principal,
  parseTransaction,
  requireFitting,
  requireIssuerOf,
  type TransactionRequest,
  transactionScopes,
  transactionTokenType,
  unsignedTransactionToken,
} from '../oauth/grants/transaction-token.ts'
import { isListedClient } from '../oauth/grants/trusted-assertion.ts'
import { findPresented } from '../tokens/exchange/presented.ts'
import { signExchanged } from '../tokens/exchange/signed.ts'
import type { OpenRequest } from '../tokens/ticket.ts'

/** Stores nothing but what client authentication claims: the token is signed, not kept. */
export async function issueTransactionToken(request: OpenRequest, context: ServiceContext) {
  const { parameters, clientAuthMethod: method, namedBy } = request
  const { service, store, system, now } = context
  const wanted = parseTransaction(parameters, service, { client: request.client, method, namedBy })
  const principal = await principalOf(request, context, wanted)
  const scopes = transactionScopes(wanted, principal, service)
  const txn = system.random.token(128)
  const made = { scopes, now, txn }
  const { lifetime, ...unsigned } = unsignedTransactionToken(service, wanted, principal, made)
  const issuedTokenType = transactionTokenType
  const responseContent = await signExchanged(context, unsigned, {
    issuedTokenType,
    scopes,
    lifetime,
  })
  await store.commit(...request.writes)
  return { action: 'OK' as const, responseContent }
}

/** Whom the subject token is about, and what it allows. */
async function principalOf(
  request: OpenRequest,
  context: ServiceContext,
  { client, audience }: TransactionRequest,
): Promise<Principal> {
  const { service, now } = context
  const { parameters } = request
  const token = parameters.get('subject_token')
  if (token !== undefined && parameters.get('subject_token_type') === transactionTokenType) {
    const replaced = readReplaced(token, service, audience, now)
    requireVerified(await verifyJwt(token, serviceKeySet(service), asymmetricAlgorithms))
    return replaced
  }
  const { subjectToken, subjectTokenType } = parseExchange(parameters, service, [
    transactionTokenType,
  ])
  const found = await findPresented(
    request,
    context,
    subjectToken,
    subjectTokenType,
    'subject_token',
  )
  const { subject, subs, issuer, scopes, expiresAt } = requireFitting(found)
  requireIssuerOf(!issuer || isListedClient(issuer, client))
  return { sub: subject ?? subs[0], scopes, expiresAt }
}
