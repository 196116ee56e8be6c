/** Pre-authorized codes and their transaction codes, OpenID4VCI §6. */
import { hash, timingSafeEqual } from 'node:crypto'
import type { CredentialOffer } from '../../model/credential/offer.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, type Rule, refuse } from '../../refusal.ts'
import { defineAttribute, oneOf, wholeNumber } from '../attribute.ts'
import { grantTypeOf, supportsGrantType } from '../grants/grant-type.ts'
import { policyOf } from '../policy.ts'

const rules = defineRules('Pre-authorized code', {
  missing: {
    code: 'P124001',
    error: 'invalid_request',
    spec: 'OpenID4VCI §6.1',
    message: 'The parameter pre-authorized_code is required.',
    fix: 'Send `pre-authorized_code` with the code of the credential offer.',
  },
  unknown: {
    code: 'P124002',
    error: 'invalid_grant',
    spec: 'OpenID4VCI §6.3',
    message: 'The pre-authorized code is unknown, expired or already redeemed.',
    fix: 'Create a new offer, and redeem its code once before it expires.',
    settings: ['service.credentialOfferDuration'],
  },
  transactionCodeMissing: {
    code: 'P124003',
    error: 'invalid_request',
    spec: 'OpenID4VCI §6.3',
    message: 'The parameter tx_code is required: the offer has a transaction code.',
    fix: 'Let the wallet ask the user for the transaction code, and send it as `tx_code`.',
  },
  transactionCodeUnexpected: {
    code: 'P124004',
    error: 'invalid_request',
    spec: 'OpenID4VCI §6.3',
    message: 'The request has a tx_code, but the offer has no transaction code.',
    fix: 'Omit `tx_code`, or create the offer with a transaction code.',
  },
  transactionCodeWrong: {
    code: 'P124005',
    error: 'invalid_grant',
    spec: 'OpenID4VCI §6.3',
    message: 'The transaction code is wrong.',
    fix: 'Let the user enter the transaction code that was sent with the offer.',
    settings: ['service.ext.vci.tx_code.attempts'],
  },
  transactionCodeInvalid: {
    code: 'P124006',
    error: 'invalid_tx_code',
    spec: 'OpenID4VCI 1.1 §6.3',
    message: 'The transaction code is wrong: ask the user for it again.',
    fix: 'Let the user enter the transaction code again.',
    settings: ['service.ext.vci.tx_code.attempts', 'service.ext.vci.tx_code.error'],
  },
  spent: {
    code: 'P124007',
    error: 'invalid_grant',
    spec: 'OpenID4VCI §6.3',
    message:
      'The pre-authorized code cannot be redeemed after too many transaction codes: use a new offer.',
    fix: 'Create a new offer with another transaction code.',
    settings: ['service.ext.vci.tx_code.attempts'],
  },
})

/** The rule for a code that a concurrent request redeemed first. */
export const preAuthorizedCodeUnknown = rules.unknown
/** The rule for a code whose transaction code was presented too often. */
export const preAuthorizedCodeSpent = rules.spent

const attempts = defineAttribute({
  name: 'ext.vci.tx_code.attempts',
  of: 'service',
  form: wholeNumber(1, 10),
  fallback: 5,
  effect: 'How many transaction codes a pre-authorized code is compared with at most.',
  spec: 'OpenID4VCI §13.6',
})

const errorVersion = defineAttribute({
  name: 'ext.vci.tx_code.error',
  of: 'service',
  form: oneOf('1.0', '1.1'),
  fallback: '1.0',
  effect:
    'The error of a wrong transaction code: `invalid_grant` of OpenID4VCI 1.0, or `invalid_tx_code` ' +
    'of the draft of version 1.1 while the code can still be redeemed.',
  spec: 'OpenID4VCI §6.3',
})

/** How often a transaction code of an offer may be presented. */
export const transactionCodeLimit = (service: Service): number => attempts.read(service)

/** Whether the token request may have no client, OpenID4VCI §6.1; never under HAIP. */
export const mayRedeemAnonymously = (grantType: string | undefined, service: Service): boolean =>
  grantTypeOf(grantType ?? '') === 'PRE_AUTHORIZED_CODE' &&
  service.preAuthorizedGrantAnonymousAccessSupported &&
  !policyOf(service).highAssurance &&
  supportsGrantType('PRE_AUTHORIZED_CODE', service)

export const requireCode = (code: string | undefined): string =>
  code ?? refuse(rules.missing, { parameter: 'pre-authorized_code' })

/** One sentence for all: a code tells nothing until it is redeemed. */
export function requireOpen<R extends { expiresAt: number; redeemedAt: number | null }>(
  row: R | undefined,
  now: number,
): R {
  if (!row || row.redeemedAt !== null || row.expiresAt <= now) refuse(rules.unknown)
  return row
}

/**
 * OpenID4VCI §6.3: the offer decides whether there is a transaction code. Returns the comparison to
 * make once the attempt is counted, which finds the rule for a wrong code; undefined if the offer
 * has none.
 */
export function transactionCodeCheck(
  { txCode }: CredentialOffer,
  presented: string | undefined,
): ((service: Service, attemptsBefore: number) => Rule | undefined) | undefined {
  if (txCode === undefined) {
    if (presented !== undefined) refuse(rules.transactionCodeUnexpected, { parameter: 'tx_code' })
    return undefined
  }
  if (presented === undefined) refuse(rules.transactionCodeMissing, { parameter: 'tx_code' })
  return (service, attemptsBefore) =>
    isEqual(presented, txCode) ? undefined : wrongCode(service, attemptsBefore + 1)
}

/** Compares in constant time. */
const isEqual = (left: string, right: string): boolean =>
  timingSafeEqual(hash('sha256', left, 'buffer'), hash('sha256', right, 'buffer'))

const wrongCode = (service: Service, made: number): Rule =>
  errorVersion.read(service) === '1.1' && made < transactionCodeLimit(service)
    ? rules.transactionCodeInvalid
    : rules.transactionCodeWrong
