/** The revocation endpoint, RFC 7009: a client revokes one of its tokens. */

import { z } from 'zod'
import { challengeAfter, challengeFor } from '../../clients/attestation-challenge.ts'
import { authenticateClient } from '../../clients/authenticate.ts'
import { clientFacts } from '../../clients/describe.ts'
import { processTime, type ServiceContext } from '../../context.ts'
import { eventWrites } from '../../events/write.ts'
import { authenticatedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { invalidClient, json, nothing } from '../../http/relay.ts'
import type { Client } from '../../model/client/client.ts'
import { parseParameters, requireEachOnce } from '../../oauth/parameters.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { defineRules, plan, refuse, step } from '../../refusal.ts'
import type { Write } from '../../store/engine.ts'
import { findRefreshFamily } from '../../tokens/refresh/former.ts'
import { action, field } from '../fields.ts'
import { given } from '../request-fields.ts'

const rules = defineRules('Revocation', {
  tokenMissing: {
    code: 'P043001',
    error: 'invalid_request',
    spec: 'RFC 7009 §2.1',
    message: 'The parameter token is required in the revocation request.',
    fix: 'Send the parameter `token` in the form of the revocation request.',
  },
})

const RevocationRequest = z
  .object({
    parameters: field.parameters,
    clientId: given.clientId,
    clientSecret: field.clientSecret,
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    oauthClientAttestation: field.oauthClientAttestation,
    oauthClientAttestationPop: field.oauthClientAttestationPop,
  })
  .meta({ id: 'revocation_request' })

const RevocationResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'INVALID_CLIENT', 'BAD_REQUEST', 'OK'),
    responseContent: field.clientResponse,
    corsOrigins: field.corsOrigins,
    attestationChallenge: field.attestationChallenge,
  })
  .meta({ id: 'revocation_response' })

const refused = refuseAs({ invalid_client: 'INVALID_CLIENT', otherwise: 'BAD_REQUEST' })

export const revocation = defineEndpoint({
  operationId: 'auth_revocation_api',
  method: 'post',
  path: '/api/{serviceId}/auth/revocation',
  tag: 'Revocation Endpoint',
  summary: 'Process a revocation request',
  description:
    'Revokes a refresh token with all access tokens of its grant, or an access token with the refresh ' +
    'token that was issued with it. A token that is unknown or of another client is ignored, and the ' +
    'action is `OK`.',
  right: 'use_service',
  fromBrowsers: true,
  body: RevocationRequest,
  form: true,
  clientText: authenticatedTexts,
  response: RevocationResponse,
  relay: {
    OK: nothing(200),
    BAD_REQUEST: json(400),
    INVALID_CLIENT: invalidClient,
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: {
    OK: {
      code: 'P043901',
      message: 'The token is revoked; a token that is unknown or of another client is ignored.',
    },
  },
  async handle({ body }, context) {
    plan('parameters', 'client', 'token')
    step('parameters')
    const parameters = parseParameters(body.parameters)
    requireEachOnce(parameters)
    step('client')
    const authenticated = await authenticateClient(context, parameters, body, 'revocation')
    step('client', () => clientFacts(authenticated))
    step('token')
    const { client, clientAuthMethod, writes } = authenticated
    const token = parameters.get('token') ?? refuse(rules.tokenMissing, { parameter: 'token' })
    // RFC 7009 §2.1: the hint may be ignored, so both kinds of tokens are looked up.
    await context.store.commit(...writes, ...(await endingsOf(context, client, token)))
    return { action: 'OK', responseContent: '', ...challengeFor(context, clientAuthMethod) }
  },
  refuse: (refusal, context) => ({
    ...refused(refusal, context),
    ...challengeAfter(context, refusal.rule.error),
  }),
})

/** A token of another client is not revoked, and the response is the same (RFC 7009 §2.1, §2.2). */
async function endingsOf(context: ServiceContext, client: Client, token: string): Promise<Write[]> {
  const { service, store, system, call } = context
  const serviceId = service.apiKey
  const hash = tokenHash(token)
  const row =
    (await store.accessTokens.find(serviceId, hash)) ??
    (await findRefreshFamily(context, token, hash))
  if (!row || row.clientId !== client.clientId) return []
  const writing = { store, random: system.random, service, now: processTime(context) }
  const { clientId } = client
  const data = { serviceId, clientId, tokenHash: hash, requestId: call.requestId }
  return [
    store.refreshTokens.deleteFamily(serviceId, row.familyId),
    store.accessTokens.deleteFamily(serviceId, row.familyId),
    ...eventWrites(writing, 'token.revoked', data),
  ]
}
