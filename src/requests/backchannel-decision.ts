/**
 * The user's decision about a backchannel request, and its notification: CIBA §10 and §12.
 */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { parseExact, writeExact } from '../model/exact-json.ts'
import { Grant, type Property } from '../model/grant.ts'
import type {
  BackchannelDecision,
  BackchannelStatus,
} from '../model/request/backchannel-request.ts'
import { deviceOf } from '../model/token/device.ts'
import type { UserData } from '../model/user-data.ts'
import { storedUserData, userDataOf } from '../oauth/claims/policy-release.ts'
import { durationOf } from '../oauth/duration.ts'
import { decidedScopes } from '../oauth/scope.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { subjectForClient } from '../oauth/tokens/subject.ts'
import { defineRules, errorMembers, inWords, Refusal, type Rule, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { newFamilyId } from '../tokens/family.ts'
import { type IssuedTokens, issueTokens } from '../tokens/issue.ts'
import { commitInSession, joinSession } from '../tokens/session.ts'
import { type FoundRequest, notificationOf } from './backchannel-notification.ts'
import { rememberGrant } from './grant-management.ts'

const rules = defineRules('Backchannel complete', {
  ticketUnknown: {
    code: 'P073001',
    error: 'server_error',
    spec: 'CIBA §10',
    message: 'The ticket has no auth_req_id, or its request has already been completed.',
    fix: 'Use the ticket of the `/backchannel/authentication` response once, after `/backchannel/authentication/issue`.',
  },
  subjectMissing: {
    code: 'P073002',
    error: 'server_error',
    spec: 'CIBA §10',
    message: 'The subject that authorized the request is required.',
    fix: 'Pass the `subject` of the user who authorized the request.',
  },
  otherSubject: {
    code: 'P073003',
    error: 'transaction_failed',
    spec: 'CIBA §7.1',
    message: 'The subject that authorized the request does not match the id_token_hint.',
    fix: 'Let the user decide who is named by the `id_token_hint` of the request.',
  },
  expired: {
    code: 'P073004',
    error: 'expired_token',
    spec: 'CIBA §12',
    message: 'The request expired before the user made a decision.',
    fix: 'Decide earlier, or let requests live longer.',
    settings: ['service.backchannelAuthReqIdDuration'],
  },
  ACCESS_DENIED: {
    code: 'P073005',
    error: 'access_denied',
    spec: 'CIBA §12',
    message: 'The user denied the request.',
    fix: 'Let the client send a new request only if the user wishes it.',
  },
  TRANSACTION_FAILED: {
    code: 'P073006',
    error: 'transaction_failed',
    spec: 'CIBA §12',
    message: 'The authentication of the user failed.',
    fix: 'Let the client send a new request, and the user try again to authenticate.',
  },
})

/** The pending request of a ticket, and its client; refuses all other tickets. */
export async function findUndecided(
  { store, documents, service }: ServiceContext,
  ticket: string,
): Promise<{ found: FoundRequest; client: Client }> {
  const row = await store.backchannelRequests.findByTicket(service.apiKey, tokenHash(ticket))
  const found = row ?? refuse(rules.ticketUnknown)
  if (found.status !== 'PENDING') refuse(rules.ticketUnknown, found.status)
  const client = await documents.client(service.apiKey, found.clientId)
  // Requests are deleted with their client, so the client has just been deleted.
  return { found, client: client ?? refuse(rules.ticketUnknown, String(found.clientId)) }
}

/** The user's decision from the caller, with settings for the issued tokens. */
export interface UserDecision {
  result: 'TRANSACTION_FAILED' | 'ACCESS_DENIED' | 'AUTHORIZED'
  /** Empty if the user did not authorize the request. */
  subject: string
  sub?: string | undefined
  /** Seconds since the epoch. */
  authTime?: number | undefined
  acr?: string | undefined
  claims?: string | undefined
  consentedClaims?: string[] | undefined
  properties?: Property[] | undefined
  scopes?: string[] | undefined
  idtHeaderParams?: string | undefined
  idTokenAudType?: 'array' | 'string' | undefined
  /** The session in which the user decided. */
  sessionId?: string | undefined
  jwtAtClaims?: string | undefined
  accessToken?: string | undefined
  accessTokenDuration?: number | undefined
  refreshTokenDuration?: number | undefined
  errorDescription?: string | undefined
  errorUri?: string | undefined
  userAttributes?: string | undefined
  userInfoClaims?: string | undefined
  clientIp?: string | undefined
  userAgent?: string | undefined
}

export interface Decided {
  status: BackchannelStatus
  subject?: string | undefined
  sessionId?: string | undefined
  /** What the caller told of the user. */
  user?: UserData | undefined
  decision: BackchannelDecision
  /** The body of the notification. */
  content: string
  tokens?: IssuedTokens & { idTokenDuration: number }
  /** Why the request failed; the client may get a more general error. */
  refusal?: Refusal
  writes: Write[]
}

/**
 * In ping and push mode the client waits for a notification, so every problem after the request is
 * found becomes a failure that is notified. In poll mode the call is refused and can be repeated.
 */
export async function decide(
  context: ServiceContext,
  found: FoundRequest,
  client: Client,
  body: UserDecision,
): Promise<Decided> {
  if (body.result === 'AUTHORIZED' && body.subject === '') refuse(rules.subjectMissing)
  try {
    if (found.expiresAt <= context.now) refuse(rules.expired)
    if (body.result === 'AUTHORIZED') return await authorized(context, found, client, body)
    return failed(context, found, body.result, inWords(rules[body.result], body), body)
  } catch (error) {
    if (!(error instanceof Refusal) || found.data.request.deliveryMode === 'POLL') throw error
    // The caller learns the reason; the client may only learn that the transaction failed.
    const isItsError = ['expired_token', 'transaction_failed'].includes(error.rule.error)
    const rule = isItsError ? error.rule : rules.TRANSACTION_FAILED
    return { ...failed(context, found, 'TRANSACTION_FAILED', rule, {}), refusal: error }
  }
}

async function authorized(
  context: ServiceContext,
  found: FoundRequest,
  client: Client,
  body: UserDecision,
): Promise<Decided> {
  const { request } = found.data
  const { subject } = body
  const known = [subject, body.sub, subjectForClient(context.service, client, {}, subject)]
  const isExpected = request.subject === undefined || known.includes(request.subject)
  if (!isExpected) refuse(rules.otherSubject)
  const decided = grantOf(context, found, client, body)
  const remembered = await rememberGrant(context, client, request, subject, decided)
  const { grant } = remembered
  const { sessionId } = grant
  const joined = joinSession(context, client, grant, subject)
  if (request.deliveryMode === 'PUSH') {
    const pushed = await push(context, found, client, { grant, body })
    // The grant is written first: the tokens require it, and replacing it must not end them.
    const writes = [...joined, ...remembered.writes, ...pushed.writes]
    return { ...pushed, subject, sessionId, writes }
  }
  const { accessTokenDuration, refreshTokenDuration } = body
  return {
    status: 'AUTHORIZED',
    subject,
    sessionId,
    user: userDataOf(body),
    decision: { grant, accessTokenDuration, refreshTokenDuration, device: deviceOf(body) },
    content: pingOf(found),
    writes: [...joined, ...remembered.writes],
  }
}

const pingOf = ({ secrets }: FoundRequest) => JSON.stringify({ auth_req_id: secrets.authReqId })

/** The grant that the user authorized. */
function grantOf(
  { service }: ServiceContext,
  { data: { request } }: FoundRequest,
  client: Client,
  body: UserDecision,
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
    sessionId: body.sessionId,
    jwtAtClaims: body.jwtAtClaims,
    namedBy: request.namedBy,
    certificateThumbprint: request.certificateThumbprint,
  })
}

/** CIBA §10.3: the pushed token response, with its auth_req_id. */
async function push(
  context: ServiceContext,
  { secrets: { authReqId } }: FoundRequest,
  client: Client,
  { grant, body }: { grant: Grant; body: UserDecision },
): Promise<Decided> {
  const { service } = context
  const tokens = await issueTokens(
    context,
    {
      client,
      grantType: 'CIBA',
      subject: body.subject,
      grant,
      user: userDataOf(body),
      device: deviceOf(body),
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
  const idTokenDuration = tokens.idToken
    ? durationOf('idToken', service, client, 'CIBA', grant.scopes)
    : 0
  return {
    status: 'ISSUED',
    decision: {},
    content: writeExact({ ...response, auth_req_id: authReqId }),
    tokens: { ...tokens, idTokenDuration },
    writes: tokens.writes,
  }
}

/** CIBA §12: push mode sends the error; ping mode sends a notification without it. */
function failed(
  { service }: ServiceContext,
  found: FoundRequest,
  status: 'ACCESS_DENIED' | 'TRANSACTION_FAILED',
  rule: Rule,
  { errorDescription, errorUri }: Partial<UserDecision>,
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

/** Commits a decision with its tokens and its notification. Only the first decision succeeds. */
export async function commitDecision(
  context: ServiceContext,
  found: FoundRequest,
  client: Client,
  { status, subject, sessionId, user, decision, content, writes }: Decided,
): Promise<void> {
  const { service, store } = context
  const { authReqHash, data } = found
  const complete = store.backchannelRequests.complete(service.apiKey, authReqHash, {
    status,
    subject,
    sessionId,
    data: { ...data, decision },
    user: storedUserData(service, 'code', user),
  })
  const notification = notificationOf(context, found, client, content)
  const first = orRefuse(complete, new Refusal(rules.ticketUnknown))
  await commitInSession(context, { sessionId, subject }, first, ...writes, ...notification)
}
