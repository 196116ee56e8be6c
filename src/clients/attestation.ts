/** Attestation-based client authentication, Client Attestation §9. */
import type { ServiceContext } from '../context.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Client } from '../model/client/client.ts'
import {
  attestationReplayed,
  attesterChain,
  requireCertified,
  requireChallenge,
  verifyAttestation,
  verifyByChain,
  verifyInstanceProof,
} from '../oauth/client-authentication/attestation.ts'
import { policyOf } from '../oauth/policy.ts'
import type { Write } from '../store/engine.ts'
import { isGoodChallenge } from './attestation-challenge.ts'
import { claimOnce } from './claim-once.ts'
import { verifyClientSignature } from './signature.ts'

interface Attested {
  /** Thumbprint of the instance's key. */
  attestationThumbprint: string
  /** Claims the `jti` of the proof, which may be used once. */
  write: Write
}

/** Verifies attestation and proof. A challenge is required if the service has its endpoint. */
export async function verifyClientAttestation(
  context: ServiceContext,
  client: Client,
  named: string,
  presented: { attestation: string; proof: string },
): Promise<Attested> {
  const { service, now } = context
  const { attestation, proof } = presented
  if (policyOf(service, client).highAssurance) requireCertified(attestation)
  const chain = attesterChain(attestation, service)
  const verified = chain
    ? await verifyByChain(attestation, chain, service, now)
    : await verifyClientSignature(context, client, attestation, asymmetricAlgorithms)
  const key = verifyAttestation(verified, { clientId: named }, service, now)
  const instance = await verifyInstanceProof(proof, key, { clientId: named }, service, now)
  const { thumbprint, jwtId, challenge, expiresAt } = instance
  if (service.challengeEndpoint || challenge !== undefined) {
    requireChallenge(isGoodChallenge(context, challenge))
  }
  const write = claimOnce(context, {
    kind: 'client-attestation',
    value: `${client.clientId}:${thumbprint}:${jwtId}`,
    expiresAt,
    rule: attestationReplayed,
    detail: jwtId,
  })
  return { attestationThumbprint: thumbprint, write }
}
