/** What the operations that issue credentials have in common. */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { credentialRelay, json, jwt } from '../../http/relay.ts'
import { CredentialIssuanceOrder } from '../../model/credential/order.ts'
import { credentialError } from '../../oauth/vci/presentation.ts'
import { errorBody, type Refusal } from '../../refusal.ts'

export const issueTag = 'Verifiable Credential Issuer'

const { denied, interval } = CredentialIssuanceOrder.shape

/** The members of a call that decide one request: official clients send some beside the order. */
export const decisionMembers = {
  order: CredentialIssuanceOrder.optional().describe('How the request is decided.'),
  denied,
  interval,
}

interface Decision {
  order?: CredentialIssuanceOrder | undefined
  denied?: boolean | undefined
  interval?: number | undefined
}

/** The order with what stands beside it. */
export const orderOf = ({ order, ...beside }: Decision): CredentialIssuanceOrder | undefined =>
  order && {
    ...order,
    denied: order.denied || beside.denied,
    interval: order.interval || beside.interval,
  }

export const issuedMembers = {
  responseContent: z.string().optional().describe('The body of the response for the wallet.'),
  contentType: z
    .string()
    .optional()
    .describe('The media type of the body, if it is encrypted: `application/jwt`.'),
}

export const transactionId = z
  .string()
  .optional()
  .describe('Identifies the deferred issuance; the wallet gets it as `transaction_id`.')

const accepted = { ...jwt('application/jwt'), status: 202 }

export const issueRelay = {
  ...credentialRelay,
  OK: json(200),
  OK_JWT: jwt('application/jwt'),
  ACCEPTED: json(202),
  ACCEPTED_JWT: accepted,
}

/** Nothing reaches the wallet of an order that is wrong. */
export const refusedIssue = ({ rule }: Refusal, { service }: ServiceContext) =>
  rule.error === 'invalid_request'
    ? { action: 'CALLER_ERROR' as const }
    : credentialError(rule, service)

/** The same without a token, which therefore is no reason to refuse. */
export const refusedWithoutToken = ({ rule }: Refusal, { service }: ServiceContext) => {
  if (rule.error === 'invalid_request') return { action: 'CALLER_ERROR' as const }
  const responseContent = errorBody(rule, service)
  if (rule.error === 'access_denied') return { action: 'FORBIDDEN' as const, responseContent }
  return rule.error === 'credential_request_denied'
    ? { action: 'BAD_REQUEST' as const, responseContent }
    : { action: 'INTERNAL_SERVER_ERROR' as const, responseContent }
}
