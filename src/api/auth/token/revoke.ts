/** Revokes one token, or all tokens of a client, of a user, or of a user at a client. */
import { z } from 'zod'
import { changesOf } from '../../../audit/changes.ts'
import { recordOf } from '../../../audit/record.ts'
import { identifyClient } from '../../../clients/authenticate.ts'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { ClientIdText } from '../../../http/identifier.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import type { TokenFilter as StoredFilter } from '../../../store/tokens/token-filter.ts'
import {
  findNamedRefreshToken,
  findNamedToken,
  matchesFilter,
  type TokenFilter,
} from '../../../tokens/presented.ts'

const rules = defineCallerRules('Token revoke', {
  unnamed: {
    code: 'P048001',
    status: 400,
    message: 'The call must specify a token, a client, a subject or a session.',
  },
  sessionAlone: {
    code: 'P048002',
    status: 400,
    message: 'A call with sessionId may specify a client, but no token and no subject.',
  },
})

const Identifier = z.string().min(1).max(32_768)

const TokenRevokeRequest = z
  .object({
    accessTokenIdentifier: Identifier.optional().describe(
      'An access token or its hash, the base64url of its SHA-256.',
    ),
    refreshTokenIdentifier: Identifier.optional().describe(
      'A refresh token or its hash, the base64url of its SHA-256.',
    ),
    clientIdentifier: ClientIdText.pipe(Identifier)
      .optional()
      .describe('Number or alias of a client.'),
    subject: z.string().min(1).max(255).optional().describe('Unique identifier of a user.'),
    sessionId: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe(
        'Identifier of a session: what was issued in it is revoked, and the session goes on.',
      ),
  })
  .meta({ id: 'token_revoke_request' })
type Body = z.output<typeof TokenRevokeRequest>

const TokenRevokeResponse = z
  .object({
    count: z.int().describe('Number of revoked access tokens.'),
    refreshTokenCount: z
      .int()
      .optional()
      .describe('Number of revoked refresh tokens; 0 in both members if nothing was revoked.'),
  })
  .meta({ id: 'token_revoke_response' })

export const tokenRevoke = defineEndpoint({
  operationId: 'auth_token_revoke_api',
  audits: 'token.revoked',
  method: 'post',
  path: '/api/{serviceId}/auth/token/revoke',
  tag: 'Token Operations',
  summary: 'Revoke tokens',
  description:
    'Revokes an access or refresh token and all other tokens of its grant, or all tokens and ' +
    'unredeemed codes of a client, of a subject, or of a subject at a client; or of a session, or of a ' +
    'client in a session. If the call specifies a token with a client or subject that does not match, ' +
    'nothing is revoked and both counts are 0.',
  right: 'use_service',
  body: TokenRevokeRequest,
  form: true,
  response: TokenRevokeResponse,
  results: { OK: { code: 'P048901', message: 'The tokens were revoked.' } },
  async handle({ body }, context) {
    const { service, store } = context
    const serviceId = service.apiKey
    const { accessTokenIdentifier, refreshTokenIdentifier, clientIdentifier, subject } = body
    const { sessionId } = body
    const isToken = accessTokenIdentifier !== undefined || refreshTokenIdentifier !== undefined
    if (!isToken && !clientIdentifier && !subject && !sessionId) refuseCaller(rules.unnamed)
    if (sessionId && (isToken || subject)) refuseCaller(rules.sessionAlone)
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return nothing
    const owner = { clientId: found?.client.clientId, subject }
    if (sessionId) return endOfSession(context, sessionId, owner.clientId)
    if (isToken) {
      const familyId = await familyOf(context, body, owner)
      return familyId === undefined ? nothing : endFamily(context, familyId)
    }
    const counts = await countOf(context, owner)
    await store.commit(
      ...store.unredeemedGrants.deleteOf(serviceId, owner),
      store.refreshTokens.deleteOf(serviceId, owner),
      store.accessTokens.deleteOf(serviceId, owner),
      ...recordOf(context, {
        target:
          subject === undefined
            ? { kind: 'client', id: owner.clientId ?? '' }
            : { kind: 'subject', id: subject },
        changes: changesOf({}, { clientId: owner.clientId, ...counts }),
      }),
    )
    return counts
  },
})

const nothing = { count: 0, refreshTokenCount: 0 }

/** The tokens that are about to be revoked. */
async function countOf({ service, store }: ServiceContext, filter: StoredFilter) {
  const [count, refreshTokenCount] = await Promise.all([
    store.accessTokens.count(service.apiKey, filter),
    store.refreshTokens.count(service.apiKey, filter),
  ])
  return { count, refreshTokenCount }
}

/** The family of the specified tokens, if the specified client and subject match. */
async function familyOf(context: ServiceContext, body: Body, filter: TokenFilter) {
  const { accessTokenIdentifier, refreshTokenIdentifier } = body
  const tokens = [
    ...(accessTokenIdentifier ? [await findNamedToken(context, accessTokenIdentifier)] : []),
    ...(refreshTokenIdentifier
      ? [await findNamedRefreshToken(context, refreshTokenIdentifier)]
      : []),
  ]
  const [familyId, another] = new Set(tokens.map((row) => row?.familyId))
  const fits = tokens.every((row) => row && matchesFilter(row, filter))
  return fits && another === undefined ? familyId : undefined
}

async function endFamily(context: ServiceContext, familyId: string) {
  const { service, store } = context
  const counts = await countOf(context, { familyId })
  await store.commit(
    store.refreshTokens.deleteFamily(service.apiKey, familyId),
    store.accessTokens.deleteFamily(service.apiKey, familyId),
    ...recordOf(context, {
      target: { kind: 'token_family', id: familyId },
      changes: changesOf({}, counts),
    }),
  )
  return counts
}

/** Tokens with `offline_access`, too: the call is about tokens, and not about a logout. */
async function endOfSession(
  context: ServiceContext,
  sessionId: string,
  clientId: number | undefined,
) {
  const { service, store } = context
  const of = { serviceId: service.apiKey, sessionId }
  const counts = await countOf(context, { sessionId, clientId })
  const { end, endOfClient } = store.sessionTokens
  const writes =
    clientId === undefined ? end(of, 'deleted') : endOfClient({ ...of, clientId }, 'deleted')
  const record = recordOf(context, {
    target: { kind: 'session', id: sessionId },
    changes: changesOf({}, { clientId, ...counts }),
  })
  await store.commit(...writes, ...record)
  return counts
}
