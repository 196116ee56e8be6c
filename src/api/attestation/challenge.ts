/** The challenge endpoint of client attestation, Client Attestation §8. */
import { z } from 'zod'
import { makeChallenge } from '../../clients/attestation-challenge.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json } from '../../http/relay.ts'
import { action, field } from '../fields.ts'

const ChallengeResponse = z
  .object({
    action: action('OK', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.clientResponse,
    attestationChallenge: z.string().optional().describe('The challenge.'),
  })
  .meta({ id: 'attestation_challenge_response' })

export const attestationChallenge = defineEndpoint({
  operationId: 'attestation_challenge_api',
  method: 'post',
  path: '/api/{serviceId}/attestation/challenge',
  tag: 'Client Attestation',
  summary: 'Create a challenge for client attestation',
  description:
    'Returns a challenge, which the client puts into the proof of its attestation. The challenge is ' +
    'valid for `attestationChallengeTimeWindow`. Nothing is stored.',
  right: 'use_service',
  response: ChallengeResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P010301', message: 'The challenge is created.' } },
  async handle(_request, context) {
    const challenge = makeChallenge(context)
    return {
      action: 'OK',
      attestationChallenge: challenge,
      responseContent: JSON.stringify({ attestation_challenge: challenge }),
    }
  },
})
