/** The challenge endpoint of client attestation, Client Attestation §8. */
import { z } from 'zod'
import { makeChallenge } from '../../clients/attestation-challenge.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json } from '../../http/relay.ts'

const ChallengeResponse = z
  .object({
    action: z
      .enum(['OK', 'INTERNAL_SERVER_ERROR'])
      .describe('The result of the call, which decides what the caller must do next.'),
    responseContent: z.string().optional().describe('The response for the client.'),
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
