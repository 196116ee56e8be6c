/** The CIBA grant, CIBA §10.1: the client polls until the user has made a decision. */

import type { ServiceContext } from '../context.ts'
import { Grant } from '../model/grant.ts'
import { deviceOf } from '../model/token/device.ts'
import { narrowAuthorizationDetails } from '../oauth/authorization-details.ts'
import { narrowResources, parseResources } from '../oauth/resource.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { grantedDetail } from '../oauth/vci/details.ts'
import { defineRules, inWords, Refusal, refuse } from '../refusal.ts'
import { orRefuse } from '../store/engine.ts'
import { newFamilyId } from '../tokens/family.ts'
import type { GrantRequest } from '../tokens/grant-request.ts'
import { issueTokens } from '../tokens/issue.ts'
import { withRequest } from './authorization-code.ts'

const rules = defineRules('CIBA', {
  missing: {
    code: 'P025001',
    error: 'invalid_request',
    spec: 'CIBA §10.1',
    message: 'The parameter auth_req_id is required.',
    fix: 'Send the `auth_req_id` of the backchannel authentication response.',
  },
  unknown: {
    code: 'P025002',
    error: 'invalid_grant',
    spec: 'CIBA §11',
    message: 'The auth_req_id is unknown.',
    fix: 'Send the `auth_req_id` of a request of this service that has not been removed.',
    settings: ['service.backchannelAuthReqIdDuration'],
  },
  otherClient: {
    code: 'P025003',
    error: 'invalid_grant',
    spec: 'CIBA §11',
    message: 'The auth_req_id was issued to another client.',
    fix: 'Poll with the client that sent the authentication request.',
  },
  pushed: {
    code: 'P025004',
    error: 'unauthorized_client',
    spec: 'CIBA §11',
    message:
      'The client uses push mode: it receives tokens in notifications and must not request them.',
    fix: 'Wait for the notification, or register the mode poll or ping.',
    settings: ['client.bcDeliveryMode'],
  },
  pending: {
    code: 'P025005',
    error: 'authorization_pending',
    spec: 'CIBA §11',
    message: 'The user has not made a decision yet.',
    fix: 'Poll again after the interval: the user, or the frontend that asks the user, has not decided.',
    settings: ['service.backchannelPollingInterval'],
  },
  tooFast: {
    code: 'P025006',
    error: 'slow_down',
    spec: 'CIBA §11',
    message: 'The client polls too often: increase the interval by five seconds.',
    fix: 'Wait five seconds longer between polls.',
    settings: ['service.backchannelPollingInterval'],
  },
  expired: {
    code: 'P025007',
    error: 'expired_token',
    spec: 'CIBA §11',
    message: 'The auth_req_id has expired.',
    fix: 'Send a new authentication request, or let requests live longer.',
    settings: ['service.backchannelAuthReqIdDuration'],
  },
  denied: {
    code: 'P025008',
    error: 'access_denied',
    spec: 'CIBA §11',
    message: 'The user denied the request.',
    fix: 'Send a new request only if the user wishes it.',
  },
  failed: {
    code: 'P025009',
    error: 'expired_token',
    spec: 'CIBA §11',
    message: 'The authentication of the user failed: start a new request.',
    fix: 'Send a new authentication request: the frontend reported that the user was not authenticated.',
  },
  used: {
    code: 'P025010',
    error: 'invalid_grant',
    spec: 'CIBA §11',
    message: 'The auth_req_id has already been used.',
    fix: 'Use the tokens of the first response: an `auth_req_id` gives tokens once.',
  },
})

/** CIBA §11: `slow_down` increases the polling interval. */
const slowDownSeconds = 5

/** Issues the tokens of an authorized request, once; refuses polls before the decision. */
export async function ciba(request: GrantRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store, now } = context
  const row = await findRequest(request, context)
  const { status } = row
  const { decision = {} } = row.data
  if (status === 'ISSUED') refuse(rules.used)
  if (row.expiresAt <= now) refuse(rules.expired)
  if (status === 'ACCESS_DENIED') refuse(inWords(rules.denied, decision))
  if (status === 'TRANSACTION_FAILED') refuse(inWords(rules.failed, decision))
  if (status === 'PENDING') return refusePending(row, request, context)
  const granted = Grant.parse(decision.grant)
  const resources = narrowResources(parseResources(parameters), granted.resources)
  const authorizationDetails = narrowAuthorizationDetails(
    parameters.get('authorization_details'),
    granted.authorizationDetails,
    grantedDetail(service, granted),
  )
  const grant = withRequest(granted, request)
  const subject = row.subject ?? undefined
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'CIBA',
      subject,
      grant,
      user: store.backchannelRequests.userOf(row),
      device: deviceOf(request.device ?? {}, decision.device),
      narrowed: { resources, authorizationDetails },
      familyId: newFamilyId(context),
      isGuarded: true,
      accessToken: request.accessToken,
      accessTokenDuration: request.accessTokenDuration || decision.accessTokenDuration,
    },
    'refreshable',
    request.refreshTokenDuration || decision.refreshTokenDuration,
  )
  const consume = store.backchannelRequests.consume(service.apiKey, row.authReqHash, now)
  await store.commit(
    ...request.writes,
    orRefuse(consume, new Refusal(rules.used)),
    ...tokens.writes,
  )
  return { ...tokens, subject, refreshTokenScopes: grant.scopes }
}

type Row = NonNullable<Awaited<ReturnType<ServiceContext['store']['backchannelRequests']['find']>>>

/** The request of the auth_req_id, if it belongs to the client and may be polled, CIBA §11. */
async function findRequest(
  { parameters, client }: GrantRequest,
  { service, store }: ServiceContext,
): Promise<Row> {
  const authReqId =
    parameters.get('auth_req_id') ?? refuse(rules.missing, { parameter: 'auth_req_id' })
  const found = await store.backchannelRequests.find(service.apiKey, tokenHash(authReqId))
  if (found && found.clientId !== client.clientId) {
    refuse(rules.otherClient, { given: client.clientId, expected: found.clientId })
  }
  const deliveryMode = found?.data.request.deliveryMode ?? client.bcDeliveryMode
  if (deliveryMode === 'PUSH')
    refuse(rules.pushed, { setting: 'client.bcDeliveryMode', given: 'PUSH' })
  return found ?? refuse(rules.unknown, { parameter: 'auth_req_id' })
}

/**
 * CIBA §11: refuses a poll before the decision. A poll within the interval increases the interval.
 * Of concurrent polls, all but the first are too fast.
 */
async function refusePending(
  { authReqHash, lastPolledAt, intervalSeconds }: Row,
  { writes }: GrantRequest,
  { service, store, now }: ServiceContext,
): Promise<never> {
  const isTooFast = lastPolledAt !== null && now - lastPolledAt < intervalSeconds * 1000
  const poll = store.backchannelRequests.poll(service.apiKey, authReqHash, {
    now,
    seen: lastPolledAt,
    intervalSeconds: intervalSeconds + (isTooFast ? slowDownSeconds : 0),
  })
  await store.commit(...writes, orRefuse(poll, new Refusal(rules.tooFast)))
  return refuse(isTooFast ? rules.tooFast : rules.pending)
}
