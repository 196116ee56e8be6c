/** The device code grant, RFC 8628 §3.4: the device polls until the user has made a decision. */

import type { ServiceContext } from '../context.ts'
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

const rules = defineRules('Device code', {
  missing: {
    code: 'P026001',
    error: 'invalid_request',
    spec: 'RFC 8628 §3.4',
    message: 'The parameter device_code is required.',
    fix: 'Send the `device_code` of the device authorization response.',
  },
  unknown: {
    code: 'P026002',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The device_code is unknown.',
    fix: 'Send the `device_code` of a request of this service, before it is removed.',
    settings: ['service.deviceFlowCodeDuration'],
  },
  otherClient: {
    code: 'P026003',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The device_code was issued to another client.',
    fix: 'Poll with the client that sent the device authorization request.',
  },
  used: {
    code: 'P026004',
    error: 'invalid_grant',
    spec: 'RFC 6749 §5.2',
    message: 'The device_code has already been used.',
    fix: 'Use the tokens of the first response: a `device_code` gives tokens once.',
  },
  expired: {
    code: 'P026005',
    error: 'expired_token',
    spec: 'RFC 8628 §3.5',
    message: 'The device_code has expired.',
    fix: 'Send a new device authorization request, or let codes live longer.',
    settings: ['service.deviceFlowCodeDuration'],
  },
  pending: {
    code: 'P026006',
    error: 'authorization_pending',
    spec: 'RFC 8628 §3.5',
    message: 'The user has not made a decision yet.',
    fix: 'Poll again after the interval: the user has not decided.',
    settings: ['service.deviceFlowPollingInterval'],
  },
  tooSoon: {
    code: 'P026007',
    error: 'slow_down',
    spec: 'RFC 8628 §3.5',
    message: 'The client polls too often: increase the interval by five seconds.',
    fix: 'Wait five seconds longer between polls.',
    settings: ['service.deviceFlowPollingInterval'],
  },
  denied: {
    code: 'P026008',
    error: 'access_denied',
    spec: 'RFC 8628 §3.5',
    message: 'The user denied the request.',
    fix: 'Send a new request only if the user wishes it.',
  },
  failed: {
    code: 'P026009',
    error: 'expired_token',
    spec: 'RFC 8628 §3.5',
    message: 'The authorization by the user failed: start a new device authorization request.',
    fix: 'Send a new device authorization request: the frontend reported that the user was not authenticated.',
  },
})

/** RFC 8628 §3.5: `slow_down` increases the polling interval. */
const slowDownSeconds = 5

/** Issues the tokens of an authorized device, once; refuses polls before the decision. */
export async function deviceCode(request: GrantRequest, context: ServiceContext) {
  const { parameters, client } = request
  const { service, store, now } = context
  const serviceId = service.apiKey
  const presented =
    parameters.get('device_code') ?? refuse(rules.missing, { parameter: 'device_code' })
  const hash = tokenHash(presented)
  const row =
    (await store.deviceCodes.find(serviceId, hash)) ??
    refuse(rules.unknown, { parameter: 'device_code' })
  if (row.clientId !== client.clientId)
    refuse(rules.otherClient, { given: client.clientId, expected: row.clientId })
  if (row.consumedAt != null) refuse(rules.used)
  if (row.expiresAt <= now) refuse(rules.expired)
  const { decision } = row.data
  if (!decision) return refusePending(request, context, hash)
  if (decision.result !== 'AUTHORIZED') {
    const rule = decision.result === 'ACCESS_DENIED' ? rules.denied : rules.failed
    throw new Refusal(inWords(rule, decision))
  }
  const grant = withRequest(decision.grant, request)
  const narrowed = {
    resources: narrowResources(parseResources(parameters), grant.resources),
    authorizationDetails: narrowAuthorizationDetails(
      parameters.get('authorization_details'),
      grant.authorizationDetails,
      grantedDetail(service, grant),
    ),
  }
  const subject = row.subject ?? undefined
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'DEVICE_CODE',
      subject,
      grant,
      user: store.deviceCodes.userOf(row),
      device: deviceOf(request.device ?? {}, decision.device),
      narrowed,
      familyId: newFamilyId(context),
      isGuarded: true,
      accessToken: request.accessToken,
      accessTokenDuration: request.accessTokenDuration || decision.accessTokenDuration,
    },
    'refreshable',
    request.refreshTokenDuration || decision.refreshTokenDuration,
  )
  await store.commit(
    ...request.writes,
    orRefuse(store.deviceCodes.consume(serviceId, hash, now), new Refusal(rules.used)),
    ...tokens.writes,
  )
  return { ...tokens, subject, refreshTokenScopes: tokens.refreshToken && grant.scopes }
}

/** RFC 8628 §3.5: refuses a poll before the decision; polling too fast increases the interval. */
async function refusePending(
  request: GrantRequest,
  { service, store, now }: ServiceContext,
  hash: string,
): Promise<never> {
  const serviceId = service.apiKey
  const tooSoon = new Refusal(rules.tooSoon)
  try {
    const poll = store.deviceCodes.poll(serviceId, hash, now)
    await store.commit(...request.writes, orRefuse(poll, tooSoon))
  } catch (error) {
    if (error !== tooSoon) throw error
    const slower = store.deviceCodes.slowDown(serviceId, hash, { now, seconds: slowDownSeconds })
    await store.commit(...request.writes, slower)
    throw tooSoon
  }
  return refuse(rules.pending)
}
