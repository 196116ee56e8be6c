/**
 * Challenges for client attestation, Client Attestation §8: when each was made, sealed, to nobody
 * but this service; nothing is stored.
 */

import type { ServiceContext } from '../context.ts'
import type { ClientAuthMethod } from '../model/enums.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import type { ErrorCode } from '../refusal.ts'

const place = (serviceId: number) => ({
  table: 'attestation_challenge',
  serviceId,
  row: '',
  column: 'challenge',
})

export const makeChallenge = ({ service, sealer, now }: ServiceContext): string =>
  sealer.seal(String(now), place(service.apiKey))

export function isGoodChallenge(
  { service, sealer, now }: ServiceContext,
  challenge: unknown,
): boolean {
  const lifetime = effectiveSeconds(service, 'attestationChallengeTimeWindow') * 1000
  try {
    const age = now - Number(sealer.unseal(String(challenge), place(service.apiKey)))
    return age >= 0 && age <= lifetime
  } catch {
    return false
  }
}

/** The next challenge for a client that is attested, Client Attestation §8.1. */
export const challengeFor = (
  context: ServiceContext,
  method: ClientAuthMethod,
): { attestationChallenge?: string } =>
  method === 'ATTEST_JWT_CLIENT_AUTH' ? { attestationChallenge: makeChallenge(context) } : {}

/** A refusal for want of a challenge comes with one. */
export const challengeAfter = (
  context: ServiceContext,
  error: ErrorCode,
): { attestationChallenge?: string } =>
  error === 'use_attestation_challenge' ? { attestationChallenge: makeChallenge(context) } : {}
