/**
 * A transaction token as the subject token of another one, which replaces it: Transaction Tokens
 * §13.15. The transaction, its subject and what was asserted stay; it may be allowed less.
 */
import type { Service } from '../../model/service/service.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { isAudience, isIdentifier, isSameIdentifier } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { readJwt, requireValidNow } from './presented-jwt.ts'
import { rules as ofExchange } from './token-exchange-rules.ts'
import type { Principal } from './transaction-token.ts'

const rules = defineRules('Replaced transaction token', {
  foreign: {
    code: 'P165003',
    error: 'invalid_request',
    spec: 'Transaction Tokens §13.15',
    message: 'The subject token is no transaction token of this service for its trust domain.',
    fix: 'Send a transaction token that this service issued for the same `audience`.',
    settings: ['service.ext.txn_token.trust_domain'],
  },
  chainTooLong: {
    code: 'P165004',
    error: 'invalid_request',
    spec: 'Transaction Tokens §13.15',
    message: 'The transaction token was replaced too often: the limit is 8 times.',
    fix: 'Pass on the transaction token as it is, or begin the transaction again.',
  },
})

/** The first workload, and one of each replacement. */
const mostActors = 9

/** Reads and checks the token except for its signature. `now` is in milliseconds. */
export function readReplaced(
  text: string,
  service: Service,
  audience: string,
  now: number,
): Principal {
  const jwt = readJwt(text, ofExchange, { encrypted: true, unsigned: true })
  if (!jwt || !isOfKind('transaction token', jwt)) return refuse(ofExchange.otherKind)
  requireValidNow(jwt, ofExchange, service, now)
  const { iss, aud, sub, txn, exp, scope, req_wl: workload, act, rctx, tctx } = jwt.claims
  const isOurs = service.issuer === undefined || isSameIdentifier(iss, service.issuer)
  const isComplete = isIdentifier(sub) && isIdentifier(txn) && isIdentifier(workload)
  if (!isOurs || !isComplete || !isAudience(aud, audience)) {
    return refuse(rules.foreign, { parameter: 'subject_token' })
  }
  // No tolerance of clocks: the new token would have no time left.
  const expiresAt = Number(exp) * 1000
  if (!(expiresAt > now)) refuse(ofExchange.expired)
  const actors = isObject(act) ? act : { sub: workload }
  check(lengthOf(actors) < mostActors, rules.chainTooLong, { parameter: 'subject_token' })
  const former = {
    txn,
    actors,
    rctx: isObject(rctx) ? rctx : {},
    tctx: isObject(tctx) ? tctx : {},
  }
  return { sub, scopes: String(scope ?? '').split(' '), expiresAt, former }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of the chain, up to the limit: the token is not verified yet. */
function lengthOf(actors: object): number {
  let length = 0
  for (let each: unknown = actors; isObject(each) && length < mostActors; each = each['act']) {
    length += 1
  }
  return length
}
