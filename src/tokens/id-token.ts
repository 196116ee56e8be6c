/** Issuing ID Tokens: with attachment tokens, signed and encrypted. OIDC Core §2 */
import type { ServiceContext } from '../context.ts'
import { signJwt } from '../jose/sign.ts'
import type { Client } from '../model/client/client.ts'
import { writeExact } from '../model/exact-json.ts'
import { policyClaims } from '../oauth/claims/policy-release.ts'
import { keepScopes } from '../oauth/scope.ts'
import { exactMembers, type IdTokenParts, unsignedIdToken } from '../oauth/tokens/id-token.ts'
import { defineRules, refuse } from '../refusal.ts'
import { signals } from '../signal.ts'
import { withAttachmentTokens } from './attachment-tokens.ts'
import { encryptFor } from './encryption.ts'

const rules = defineRules('Issuing', {
  openidGone: {
    code: 'P014102',
    error: 'invalid_scope',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The client may no longer use the scope openid, so no ID Token is issued.',
    fix: 'Give service and client the scope openid back, or ask for a grant without it.',
    settings: ['service.supportedScopes', 'client.extension'],
  },
})

/**
 * A signed ID Token, encrypted if the client registered encryption, OIDC Core §2. `presentedHash`
 * is of the stored access token that the request presented.
 */
export async function idTokenFor(
  context: ServiceContext,
  client: Client,
  parts: IdTokenParts,
  presentedHash?: string,
): Promise<string> {
  if (keepScopes(['openid'], context.service, client).length === 0) refuse(rules.openidGone)
  const { grant: granted, user, claimScopes: scopes = granted.scopes } = parts
  const isAlone = parts.accessToken === undefined && parts.code === undefined
  const given = {
    ...policyClaims(context.service, 'id_token', { ...granted, scopes }, user, { isAlone }),
    ...exactMembers(granted.idTokenClaims),
  }
  const claims = await withAttachmentTokens(context, client, parts, given, presentedHash)
  const grant = { ...parts.grant, idTokenClaims: writeExact(claims) }
  const unsigned = unsignedIdToken(context.service, client, { ...parts, grant })
  const idToken = await signJwt(context.keys.signing(context.service), unsigned)
  signals.idTokenIssued.emit(parts.grantType)
  return encryptFor(context, client, 'idToken', idToken, { cty: 'JWT' })
}
