/** Issues a credential of UserInfo, UserInfo VC §6. */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { openTicket } from '../../credentials/userinfo-ticket.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { JsonObjectText } from '../../http/json-text.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { json } from '../../http/relay.ts'
import { fitsSignatureAlgorithm } from '../../jose/key-set.ts'
import { signJwt } from '../../jose/sign.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { parseExact } from '../../model/exact-json.ts'
import { signingAlgorithm } from '../../oauth/fapi.ts'
import { policyOf } from '../../oauth/policy.ts'
import { userInfoCredentialClaims } from '../../oauth/userinfo-vc/credential.ts'
import { requireUserInfoCredentials } from '../../oauth/userinfo-vc/request.ts'
import { credentialFormat } from '../../oauth/userinfo-vc/settings.ts'
import { action, field } from '../fields.ts'

const longestSeconds = 31_536_000

const IssueRequest = z
  .object({
    ticket: z.string().max(16_384).optional().describe('The ticket of `/userinfovc/parse`.'),
    claims: JsonObjectText.optional().describe('The claims of the user, as JSON text.'),
    duration: z
      .int()
      .min(0)
      .max(longestSeconds)
      .optional()
      .describe('The lifetime of the credential in seconds; 0 or absent means an hour.'),
  })
  .meta({ id: 'userinfo_vc_issue_request' })

const IssueResponse = z
  .object({
    action: action('OK', 'CALLER_ERROR', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
  })
  .meta({ id: 'userinfo_vc_issue_response' })

export const userInfoVcIssue = defineEndpoint({
  operationId: 'userinfo_vc_issue_api',
  method: 'post',
  path: '/api/{serviceId}/userinfovc/issue',
  tag: 'UserInfo Credentials',
  summary: 'Issue a credential of UserInfo',
  description:
    'Signs a credential with the claims of the caller for the key of the wallet, with a key of ' +
    '`credentialJwks`, or with the key that signs ID Tokens. The ticket can be used once.',
  right: 'use_service',
  body: IssueRequest,
  form: true,
  response: IssueResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P132902', message: 'The credential is issued.' } },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    requireUserInfoCredentials(service)
    const { subject, key, write } = openTicket(context, body.ticket ?? '')
    const credential = await sign(
      context,
      userInfoCredentialClaims({
        issuer: service.issuer,
        subject,
        key,
        now,
        claims: parseExact(body.claims || '{}') as Record<string, unknown>,
        jwtId: system.random.token(128),
        durationSeconds: body.duration,
      }),
    )
    await store.commit(write)
    const content = { format: credentialFormat, credential_draft_00: credential }
    return { action: 'OK', responseContent: JSON.stringify(content) }
  },
  refuse: refuseAs({ server_error: 'INTERNAL_SERVER_ERROR', otherwise: 'CALLER_ERROR' }),
})

function sign({ service, keys }: ServiceContext, claims: Record<string, unknown>) {
  const header = { typ: 'JWT' }
  for (const key of keys.signing(service, 'credential')) {
    const alg = asymmetricAlgorithms.find((each) => fitsSignatureAlgorithm(key.jwk, each, 'sign'))
    if (alg) return signJwt([key], { signing: { alg }, claims, header })
  }
  const alg = signingAlgorithm(policyOf(service), service, undefined)
  const signing = { alg, keyId: service.idTokenSignatureKeyId }
  return signJwt(keys.signing(service), { signing, claims, header })
}
