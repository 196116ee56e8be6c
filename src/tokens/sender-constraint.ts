/**
 * Sender-constrained tokens: DPoP (RFC 9449) and mutual TLS (RFC 8705).
 */

import { claimOnce } from '../clients/claim-once.ts'
import { sealedTime } from '../clients/sealed-time.ts'
import type { ServiceContext } from '../context.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import {
  certificateThumbprint,
  requireCertificate,
  requireTokenCertificate,
} from '../oauth/client-authentication/certificate-binding.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import { policyOf, scopesMayConstrain } from '../oauth/policy.ts'
import {
  type Proof,
  proofReplayed,
  requireNonce,
  requireProof,
  requireTokenKey,
  verifyProof,
} from '../oauth/tokens/dpop.ts'
import type { ErrorCode } from '../refusal.ts'
import type { Write } from '../store/engine.ts'
import type { GrantRequest } from './grant-request.ts'

/** The parts of the connection and the headers that the caller provides. */
export interface Transport {
  dpop?: string | undefined
  htm?: string | undefined
  htu?: string | undefined
  targetUri?: string | undefined
  clientCertificate?: string | undefined
  dpopNonceRequired?: boolean | undefined
}

export interface Sender {
  proof: Proof | undefined
  certificateThumbprint: string | undefined
  /** Claims the `jti` of the proof, which may be used once. */
  writes: Write[]
}

interface Target {
  /** The expected method and URL if the caller provides none. */
  htm: string
  htu: string | undefined
  /** The property that has the URL. */
  setting?: string
  /** The presented access token, at a protected resource. */
  accessToken?: string
}

/** Verifies the DPoP proof of a request, if any, and computes the certificate thumbprint. */
export async function verifySenderProof(
  context: ServiceContext,
  transport: Transport,
  target: Target,
): Promise<Sender> {
  const { dpop, clientCertificate } = transport
  const thumbprint = clientCertificate ? certificateThumbprint(clientCertificate) : undefined
  const proof = dpop ? await checkProof(context, dpop, transport, target) : undefined
  const writes = proof ? [claimProof(context, proof)] : []
  return { proof, certificateThumbprint: thumbprint, writes }
}

async function checkProof(
  context: ServiceContext,
  dpop: string,
  transport: Transport,
  target: Target,
): Promise<Proof> {
  const { service, now } = context
  const { algorithms } = policyOf(service)
  const proof = await verifyProof(dpop, {
    algorithms: algorithms && asymmetricAlgorithms.filter((alg) => algorithms.includes(alg)),
    htm: transport.htm || target.htm,
    htu: transport.htu || transport.targetUri || target.htu || '',
    setting: transport.htu || transport.targetUri ? undefined : target.setting,
    accessToken: target.accessToken,
    now,
  })
  const isRequired = service.dpopNonceRequired || transport.dpopNonceRequired
  if (isRequired || proof.nonce !== undefined) {
    requireNonce(proof.nonce !== undefined && isGoodNonce(context, proof.nonce))
  }
  return proof
}

/** RFC 9449 §11.1: the same proof is accepted once. */
const claimProof = (context: ServiceContext, { thumbprint, jwtId, expiresAt }: Proof): Write =>
  claimOnce(context, {
    kind: 'dpop',
    value: `${thumbprint}:${jwtId}`,
    expiresAt,
    rule: proofReplayed,
    detail: jwtId,
  })

const nonces = sealedTime('dpop_nonce')

/** A DPoP nonce, RFC 9449 §8. */
export const makeNonce = nonces.make

const isGoodNonce = (context: ServiceContext, nonce: string): boolean =>
  nonces.isFresh(context, nonce, effectiveSeconds(context.service, 'dpopNonceDuration'))

/** The nonce of a response, if the service or the call requires nonces. */
export function nonceFor(
  context: ServiceContext,
  transport: Pick<Transport, 'dpopNonceRequired'>,
): { dpopNonce?: string } {
  const isRequired = context.service.dpopNonceRequired || transport.dpopNonceRequired
  return isRequired ? { dpopNonce: makeNonce(context) } : {}
}

/** A nonce for the response that refuses a proof without one. */
export const nonceAfter = (context: ServiceContext, error: ErrorCode): { dpopNonce?: string } =>
  error === 'use_dpop_nonce' ? { dpopNonce: makeNonce(context) } : {}

/** The keys of which the request proves possession, whether tokens are bound to them or not. */
export const provenBy = ({ proof, certificateThumbprint }: Sender): GrantRequest['proven'] => ({
  dpopThumbprint: proof?.thumbprint,
  certificateThumbprint,
})

/**
 * What the tokens of a request are bound to. Refuses a request without the DPoP proof or the
 * certificate that the client must present.
 */
export function bindingOf(
  { service }: ServiceContext,
  client: Client,
  sender: Sender,
): GrantRequest['binding'] {
  if (client.dpopRequired) requireProof(sender.proof?.thumbprint)
  const { senderConstraint } = policyOf(service, client)
  const isRegistered =
    service.tlsClientCertificateBoundAccessTokens && client.tlsClientCertificateBoundAccessTokens
  const mayStandIn = !sender.proof && (senderConstraint === 'any' || scopesMayConstrain(service))
  const isBound = isRegistered || senderConstraint === 'certificate' || mayStandIn
  if (isRegistered && !sender.proof) requireCertificate(sender.certificateThumbprint)
  return {
    dpopThumbprint: sender.proof?.thumbprint,
    certificateThumbprint: isBound ? sender.certificateThumbprint : undefined,
  }
}

/** How a token is bound, for the trace of an explained call. */
export const boundBy = ({ dpopThumbprint, certificateThumbprint }: Grant) => ({
  boundBy: dpopThumbprint ? 'DPoP' : certificateThumbprint ? 'certificate' : 'nothing',
})

/**
 * The check at a protected resource, RFC 9449 §7.1 and RFC 8705 §3: a bound token requires proof of
 * possession of its key. For other tokens, a proof is neither required nor checked.
 */
export async function requireSender(
  context: ServiceContext,
  grant: Grant,
  transport: Transport,
  target: { htm?: string; htu?: string | undefined; setting?: string; accessToken: string },
): Promise<void> {
  const { dpopThumbprint, certificateThumbprint: bound } = grant
  if (dpopThumbprint === undefined && bound === undefined) return
  const { dpop, ...rest } = transport
  const presented = dpopThumbprint === undefined ? rest : transport
  const sender = await verifySenderProof(context, presented, {
    htm: 'GET',
    htu: undefined,
    ...target,
  })
  requireTokenKey(dpopThumbprint, sender.proof)
  requireTokenCertificate(bound, sender.certificateThumbprint)
  await context.store.commit(...sender.writes)
}
