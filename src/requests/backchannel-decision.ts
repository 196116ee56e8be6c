/**
 * What a user decided of a backchannel request, and what the client is told: CIBA §10 and §12. Read
 * by: backchannel/authentication-complete.
 */

import type { ServiceContext } from '../../context.ts'
import type { BackchannelDecision, BackchannelStatus } from '../../model/backchannel-request.ts'
import type { Client } from '../../model/client.ts'
import { parseExact, writeExact } from '../../model/exact-json.ts'
import { Grant } from '../../model/grant.ts'
import { tokenHash } from '../../oauth/access-token.ts'
import { defineAttribute, flag } from '../../oauth/attribute.ts'
import { durationOf } from '../../oauth/duration.ts'
import { decidedScopes } from '../../oauth/scope.ts'
import { subjectForClient } from '../../oauth/subject.ts'
import { defineRules, errorMembers, inWords, Refusal, type Rule, refuse } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/store.ts'
import { newFamilyId } from '../../tokens/family.ts'
import { type IssuedTokens, issueTokens } from '../../tokens/issue.ts'
import { rememberGrant } from '../remember-grant.ts'
import type { BackchannelCompleteBody } from './authentication-complete.ts'

const rules = defineRules('Backchannel complete', {
  ticketUnknown: {
    code: 'P073001',
    error: 'server_error',
    spec: 'CIBA §10',
    says: 'No auth_req_id was issued for the ticket, or its request has been completed already.',
  },
  subjectMissing: {
    code: 'P073002',
    error: 'server_error',
    spec: 'CIBA §10',
    says: 'The call has to name the subject who authorized the request.',
  },
  otherSubject: {
    code: 'P073003',
    error: 'transaction_failed',
    spec: 'CIBA §7.1',
    says: 'The user who authorized the request is not the one of its id_token_hint.',
  },
  expired: {
    code: 'P073004',
    error: 'expired_token',
    spec: 'CIBA §12',
    says: 'The request had expired before the user decided.',
  },
  ACCESS_DENIED: {
    code: 'P073005',
    error: 'access_denied',
    spec: 'CIBA §12',
    says: 'The user denied the request.',
  },
  TRANSACTION_FAILED: {
    code: 'P073006',
    error: 'transaction_failed',
    spec: 'CIBA §12',
    says: 'The decision of the user could not be had.',
  },
})

type Found = NonNullable<
  Awaited<ReturnType<ServiceContext['store']['backchannelRequests']['findByTicket']>>
>

/** The request that a ticket was issued for, while nobody has decided it. */
export async function findUndecided(
  { store, documents, service }: ServiceContext,
  ticket: string,
): Promise<{ found: Found; client: Client }> {
  const row = await store.backchannelRequests.findByTicket(service.apiKey, tokenHash(ticket))
  const found = row ?? refuse(rules.ticketUnknown)
  if (found.status !== 'PENDING') refuse(rules.ticketUnknown, found.status)
  const client = await documents.client(service.apiKey, found.clientId)
  // A client takes its requests with it: this one was deleted just now.
  return { found, client: client ?? refuse(rules.ticketUnknown, String(found.clientId)) }
}

export interface Decided {
  status: BackchannelStatus
  subject?: string | undefined
  decision: BackchannelDecision
  /** The body of the notification. */
  content: string
  tokens?: IssuedTokens & { idTokenDuration: number }
  /** Why the request failed: the client may be told less. */
  refusal?: Refusal
  writes: Write[]
}

/**
 * A client that waits for a notification gets one whatever happens: once its request is found, all
 * that is wrong becomes a failure that it is told. A client that polls loses nothing by a call that
 * is refused.
 */
export async function decide(
  context: ServiceContext,
  found: Found,
  client: Client,
  body: BackchannelCompleteBody,
): Promise<Decided> {
  if (body.result === 'AUTHORIZED' && body.subject === '') refuse(rules.subjectMissing)
  try {
    if (found.expiresAt <= context.now) refuse(rules.expired)
    if (body.result === 'AUTHORIZED') return await authorized(context, found, client, body)
    return failed(context, found, body.result, inWords(rules[body.result], body), body)
  } catch (error) {
    if (!(error instanceof Refusal) || found.data.request.deliveryMode === 'POLL') throw error
    // What is wrong here is the caller's to know; the client learns that it failed.
    const isItsError = ['expired_token', 'transaction_failed'].includes(error.rule.error)
    const rule = isItsError ? error.rule : rules.TRANSACTION_FAILED
    return { ...failed(context, found, 'TRANSACTION_FAILED', rule, {}), refusal: error }
  }
}

async function authorized(
  context: ServiceContext,
  found: Found,
  client: Client,
  body: BackchannelCompleteBody,
): Promise<Decided> {
  const { request } = found.data
  const { subject } = body
  const known = [subject, body.sub, subjectForClient(context.service, client, {}, subject)]
  const isExpected = request.subject === undefined || known.includes(request.subject)
  if (!isExpected) refuse(rules.otherSubject)
  const decided = grantOf(context, found, client, body)
  const remembered = await rememberGrant(context, client, request, subject, decided)
  const { grant } = remembered
  if (request.deliveryMode === 'PUSH') {
    const pushed = await push(context, found, client, { grant, body })
    // The grant comes first: its tokens hold it, and what it replaces does not end them.
    return { ...pushed, subject, writes: [...remembered.writes, ...pushed.writes] }
  }
  const { accessTokenDuration, refreshTokenDuration } = body
  return {
    status: 'AUTHORIZED',
    subject,
    decision: { grant, accessTokenDuration, refreshTokenDuration },
    content: pingOf(found),
    writes: remembered.writes,
  }
}

const pingOf = ({ secrets }: Found) => JSON.stringify({ auth_req_id: secrets.authReqId })

/** The request as the user decided it. */
function grantOf(
  { service }: ServiceContext,
  { data: { request } }: Found,
  client: Client,
  body: BackchannelCompleteBody,
): Grant {
  const { sub, authTime, acr, consentedClaims, idtHeaderParams, idTokenAudType } = body
  return Grant.parse({
    scopes: decidedScopes(body.scopes, request.scopes, service, client),
    properties: body.properties,
    resources: request.resources,
    authorizationDetails: request.authorizationDetails,
    transformedClaims: request.transformedClaims,
    sub: sub || undefined,
    authTime: authTime || undefined,
    acr,
    idTokenClaims: body.claims,
    userInfoClaims: request.userInfoClaims,
    requestedIdTokenClaims: request.requestedIdTokenClaims,
    consentedClaims,
    idtHeaderParams,
    idTokenAudType,
    jwtAtClaims: body.jwtAtClaims,
    clientIdAliasUsed: request.clientIdAliasUsed,
    metadataDocumentUsed: request.metadataDocumentUsed,
    certificateThumbprint: request.certificateThumbprint,
  })
}

/** CIBA §10.3: the whole token response, with the request that it answers. */
async function push(
  context: ServiceContext,
  { secrets: { authReqId } }: Found,
  client: Client,
  { grant, body }: { grant: Grant; body: BackchannelCompleteBody },
): Promise<Decided> {
  const { service } = context
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'CIBA',
      subject: body.subject,
      grant,
      familyId: newFamilyId(context),
      isGuarded: true,
      accessToken: body.accessToken,
      accessTokenDuration: body.accessTokenDuration,
      authReqId,
    },
    'refreshable',
    body.refreshTokenDuration,
  )
  const response = parseExact(tokens.responseContent) as Record<string, unknown>
  const idTokenDuration = tokens.idToken ? durationOf('idToken', service, client, grant.scopes) : 0
  return {
    status: 'ISSUED',
    decision: {},
    content: writeExact({ ...response, auth_req_id: authReqId }),
    tokens: { ...tokens, idTokenDuration },
    writes: tokens.writes,
  }
}

/** CIBA §12: pushed as an error; in ping mode the client is told to come and see. */
function failed(
  { service }: ServiceContext,
  found: Found,
  status: 'ACCESS_DENIED' | 'TRANSACTION_FAILED',
  rule: Rule,
  { errorDescription, errorUri }: Partial<BackchannelCompleteBody>,
): Decided {
  const error = { auth_req_id: found.secrets.authReqId, ...errorMembers(rule, service) }
  const isPush = found.data.request.deliveryMode === 'PUSH'
  return {
    status,
    decision: { errorDescription, errorUri },
    content: isPush ? JSON.stringify(error) : pingOf(found),
    refusal: new Refusal(rule),
    writes: [],
  }
}

/** How long an undelivered notification is tried again. */
const deliveryMilliseconds = 3_600_000

const delivery = defineAttribute({
  name: 'ext.ciba.deliver',
  of: 'service',
  form: flag,
  fallback: false,
  effect: 'Postern sends the notifications of ping and push mode itself, until one arrives.',
  spec: 'CIBA §10.2, §10.3',
})

/** Whether Postern sends the notifications of a service itself. */
export const deliversNotifications = ({ service }: ServiceContext): boolean =>
  delivery.read(service)

/** CIBA §10.2, §10.3: what is sent to the client, where Postern sends it and it can be reached. */
function notificationOf(
  context: ServiceContext,
  { authReqHash, secrets, data: { request } }: Found,
  client: Client,
  body: string,
): Write[] {
  const { service, store, now } = context
  const { bcNotificationEndpoint: url } = client
  const { clientNotificationToken: token } = secrets
  const isSent = request.deliveryMode !== 'POLL' && deliversNotifications(context)
  if (!isSent || !url || !token) return []
  const row = {
    serviceId: service.apiKey,
    notificationId: authReqHash,
    clientId: client.clientId,
    dueAt: now,
    expiresAt: now + deliveryMilliseconds,
    message: { url, token, body },
  }
  return [store.notifications.insert(row)]
}

/** The first decision counts, and with it goes all that it unlocks. */
export async function commitDecision(
  context: ServiceContext,
  found: Found,
  client: Client,
  { status, subject, decision, content, writes }: Decided,
): Promise<void> {
  const { service, store } = context
  const { authReqHash, data } = found
  const complete = store.backchannelRequests.complete(service.apiKey, authReqHash, {
    status,
    subject,
    data: { ...data, decision },
  })
  const notification = notificationOf(context, found, client, content)
  const first = orRefuse(complete, new Refusal(rules.ticketUnknown))
  await store.commit(first, ...writes, ...notification)
}
