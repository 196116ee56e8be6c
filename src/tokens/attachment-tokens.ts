/**
 * Access tokens for external attachments of verified claims, OpenID Connect for Identity Assurance
 * §5.4.5: the client fetches the attachments with them.
 */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { Grant } from '../model/grant.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { issueAccessToken } from './access-token.ts'

type Members = Record<string, unknown>

interface Owner {
  subject: string
  grant: Grant
}

/** The presented access token has ended, or has outlived its session, since it was read. */
class SessionLeft extends Error {}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

/** Whether an attachment is external and has no access token yet. */
const needsToken = (value: unknown): value is Members =>
  isMembers(value) && typeof value['url'] === 'string' && value['access_token'] === undefined

/**
 * The claims with one access token for all external attachments, if the service embeds tokens. The
 * token is stored before the response is sent, because a token that is never sent does no harm. It
 * is issued only while the access token that was presented, if any, belongs to the session.
 */
export async function withAttachmentTokens(
  context: ServiceContext,
  client: Client,
  owner: Owner,
  claims: Members,
  presentedHash?: string,
): Promise<Members> {
  const { service } = context
  const { accessTokenForExternalAttachmentEmbedded, supportedAttachments } = service
  const mayEmbed = supportedAttachments?.includes('EXTERNAL') ?? true
  if (!accessTokenForExternalAttachmentEmbedded || !mayEmbed) return claims
  const elements = listOf(claims['verified_claims']).filter(isMembers)
  if (!elements.some((element) => attachmentsOf(element).some(needsToken))) return claims
  const { namedBy, sessionId } = owner.grant
  const token = await issueAccessToken(context, {
    client,
    grantType: 'AUTHORIZATION_CODE',
    subject: owner.subject,
    grant: Grant.parse({ namedBy, sessionId }),
    forExternalAttachment: true,
  })
  try {
    await commitBeside(context, sessionId, presentedHash, token.writes)
  } catch (error) {
    if (error instanceof SessionLeft) return claims
    throw error
  }
  const members = {
    access_token: token.accessToken,
    ...(token.accessTokenDuration > 0 ? { expires_in: token.accessTokenDuration } : {}),
  }
  const embedded = elements.map((element) => embed(element, members))
  const isList = Array.isArray(claims['verified_claims'])
  return { ...claims, verified_claims: isList ? embedded : embedded[0] }
}

function commitBeside(
  { service, store }: ServiceContext,
  sessionId: string | undefined,
  presentedHash: string | undefined,
  writes: Write[],
): Promise<void> {
  if (sessionId === undefined || presentedHash === undefined) return store.commit(...writes)
  const guard = store.accessTokens.requireIn(service.apiKey, sessionId, presentedHash)
  return store.commit(orRefuse(guard, new SessionLeft()), ...writes)
}

function evidenceOf({ verification }: Members): Members[] {
  const evidence = isMembers(verification) ? verification['evidence'] : undefined
  return listOf(evidence).filter(isMembers)
}

const attachmentsOf = (element: Members): unknown[] =>
  evidenceOf(element).flatMap(({ attachments }) => listOf(attachments))

function embed(element: Members, token: Members): Members {
  if (!attachmentsOf(element).some(needsToken)) return element
  const evidence = evidenceOf(element).map((each) =>
    each['attachments'] === undefined
      ? each
      : {
          ...each,
          attachments: listOf(each['attachments']).map((attachment) =>
            needsToken(attachment) ? { ...attachment, ...token } : attachment,
          ),
        },
  )
  return { ...element, verification: { ...(element['verification'] as Members), evidence } }
}
