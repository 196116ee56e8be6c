/** Token exchanges that the engine itself decides, RFC 8693 §2.2: an access token for another. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { Grant } from '../model/grant.ts'
import {
  clientAsParty,
  decidesExchanges,
  delegated,
  isPermitted,
  narrowed,
  obeysMayAct,
  requireAuthenticatedClient,
  requireEntitled,
  requireOwnActor,
  requireUser,
} from '../oauth/grants/delegation.ts'
import { bindingBy } from '../oauth/grants/presented-jwt.ts'
import type { ExchangeParameters } from '../oauth/grants/token-exchange.ts'
import { isListedClient } from '../oauth/grants/trusted-assertion.ts'
import { requireResources } from '../oauth/service/profile.ts'
import { step } from '../refusal.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { findPresented, type Presented } from '../tokens/exchange/presented.ts'
import { requirePolicy } from '../tokens/issue.ts'
import { tokenResponse } from '../tokens/response.ts'
import { commitInSession, joinSession } from '../tokens/session.ts'
import type { OpenRequest } from '../tokens/ticket.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** Undefined if the caller decides. */
export async function exchangeHere(
  request: OpenRequest,
  context: ServiceContext,
  exchange: ExchangeParameters,
) {
  const { subjectToken, subjectTokenType, actorToken, actorTokenType } = exchange
  const isForAccess = (exchange.requestedTokenType ?? 'ACCESS_TOKEN') === 'ACCESS_TOKEN'
  if (!decidesExchanges(context.service) || !isForAccess) return undefined
  const find = (
    token: string,
    type: typeof actorTokenType,
    from: 'subject_token' | 'actor_token',
  ) => findPresented(request, context, token, type, from)
  const subject = await find(subjectToken, subjectTokenType, 'subject_token')
  const actor = actorToken && (await find(actorToken, actorTokenType, 'actor_token'))
  const isOfCaller = !subject || (actorToken !== undefined && !actor)
  return isOfCaller ? undefined : exchangeFor(request, context, subject, actor || undefined)
}

/** A token of the subject for the client, with the actor in its `act`. */
async function exchangeFor(
  request: OpenRequest,
  context: ServiceContext,
  subject: Presented,
  actor: Presented | undefined,
) {
  const { service } = context
  const client = requireAuthenticatedClient(request.client, request.clientAuthMethod)
  step('delegation', () => ({ actor: actor !== undefined, issuer: subject.iss }))
  if (actor) requireOwnActor(isOwn(actor, client))
  const isNamed = obeysMayAct(subject.mayAct, actor ?? clientAsParty(service, client))
  requireEntitled(isNamed || isOwn(subject, client) || (!subject.issuer && isPermitted(client)))
  const user = requireUser(subject.subject)
  const { scopes, resources } = narrowed(request.parameters, service, client, subject)
  const grant = Grant.parse({
    scopes,
    resources: requireResources(service, client, resources),
    act: delegated(actor, subject.act, service),
    acr: subject.grant.acr,
    authTime: subject.grant.authTime,
    sessionId: subject.grant.sessionId,
    properties: request.properties,
    jwtAtClaims: request.jwtAtClaims,
    namedBy: request.namedBy,
    ...bindingBy(subject.cnf, request.proven, request.binding),
  })
  requirePolicy(context, client, grant)
  const issue = {
    client,
    grantType: 'TOKEN_EXCHANGE',
    subject: user,
    grant,
    accessToken: request.accessToken,
    accessTokenDuration: request.accessTokenDuration,
  } as const
  // The new token does not outlive the tokens that it is made of.
  const notAfter = Math.min(subject.expiresAt, actor?.expiresAt ?? subject.expiresAt)
  const issued = await issueAccessToken(context, issue, notAfter)
  const responseContent = await tokenResponse(context, client, issued, undefined, accessTokenType)
  const joined = joinSession(context, client, grant, user)
  const inSession = { sessionId: grant.sessionId, subject: user }
  await commitInSession(context, inSession, ...request.writes, ...joined, ...issued.writes)
  return { granted: { ...issued, subject: user, responseContent } }
}

/** Whether the client holds the token rightly: it is its own, or of an issuer for its clients. */
const isOwn = ({ owner, issuer }: Presented, client: Client): boolean =>
  issuer ? isListedClient(issuer, client) : owner?.clientId === client.clientId
