/**
 * Challenges for client attestation, Client Attestation §8. A challenge is its sealed creation
 * time, so that no challenges are stored.
 */

import type { ServiceContext } from '../context.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import type { ErrorCode } from '../refusal.ts'
import { sealedTime } from './sealed-time.ts'

const challenges = sealedTime('attestation_challenge')

export const makeChallenge = challenges.make

export const isGoodChallenge = (context: ServiceContext, challenge: unknown): boolean =>
  challenges.isFresh(
    context,
    String(challenge),
    effectiveSeconds(context.service, 'attestationChallengeTimeWindow'),
  )

/** The next challenge, for a client that uses attestation, Client Attestation §8.1. */
export const challengeFor = (
  context: ServiceContext,
  method: ClientAuthMethod,
): { attestationChallenge?: string } =>
  method === 'ATTEST_JWT_CLIENT_AUTH' ? { attestationChallenge: makeChallenge(context) } : {}

/** A challenge for the response that refuses a request without one. */
export const challengeAfter = (
  context: ServiceContext,
  error: ErrorCode,
): { attestationChallenge?: string } =>
  error === 'use_attestation_challenge' ? { attestationChallenge: makeChallenge(context) } : {}
