/** Proofs of a credential request: verified with their attestations, each used once. */
import type { JWK } from 'jose'
import { claimOnce } from '../clients/claim-once.ts'
import { isAnonymousClient } from '../clients/grant-owner.ts'
import { verifyClientSignature } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import { clientIdentifier, clientIdentifiers } from '../oauth/tokens/id-token.ts'
import {
  type CredentialConfiguration,
  credentialIssuerOf,
  type ProofType,
} from '../oauth/vci/configuration.ts'
import {
  type KeyAttestation,
  keyAttesterChain,
  readKeyAttestation,
  verifyAttestationByChain,
} from '../oauth/vci/proofs/key-attestation.ts'
import {
  keyOfProof,
  readProofHeader,
  requireAttested,
  verifyProof,
} from '../oauth/vci/proofs/proof-jwt.ts'
import { type ProofList, readProofs } from '../oauth/vci/proofs/proof-list.ts'
import {
  batchSizeOf,
  proofUsed,
  proofWindow,
  requireDistinct,
  requireNonces,
} from '../oauth/vci/proofs/single-use.ts'
import type { Members } from '../oauth/vci/request/content.ts'
import type { Write } from '../store/engine.ts'
import { claimNonce, requireNonce } from './nonce.ts'

/** The sender of the proofs, and how strictly they are checked. */
export interface Prover {
  client: Client
  grant: Grant
  /** Whether the rules of HAIP apply. */
  strict: boolean
}

export interface Proven {
  /** The public keys to bind credentials to, one for each credential. */
  keys: readonly JWK[]
  /** What an attestation says of the keys. */
  attestation: Members | undefined
  /** The `nonce` of each proof and attestation, not verified. */
  nonces: readonly unknown[]
  /** The signed text of each proof. */
  signed: readonly string[]
}

const unbound: Proven = { keys: [], attestation: undefined, nonces: [], signed: [] }

/** Verifies everything but the nonces, so that a wrong signature is refused as such. */
export async function verifyProofs(
  context: ServiceContext,
  prover: Prover,
  configuration: CredentialConfiguration,
  members: Members,
): Promise<Proven> {
  const list = readProofs(configuration, members, batchSizeOf(context.service))
  if (!list) return unbound
  const proven =
    list.name === 'attestation'
      ? await attestedOnly(context, prover, list)
      : await possessed(context, prover, configuration, list)
  requireDistinct(proven.keys)
  return proven
}

/** OpenID4VCI §F.3: attested keys, without proof that the wallet has them. */
async function attestedOnly(
  context: ServiceContext,
  prover: Prover,
  { type, jwts: [jwt = ''] }: ProofList,
): Promise<Proven> {
  const { keys, nonce, about } = await verifyAttestation(context, prover, type, jwt, false)
  // Without nonces, an attestation may serve several requests until it expires.
  const signed = needsNonce(context) ? [signedText(jwt)] : []
  return { keys, attestation: about, nonces: [nonce], signed }
}

/** OpenID4VCI §F.1: proofs of possession, one by one, since each takes time. */
async function possessed(
  context: ServiceContext,
  prover: Prover,
  configuration: CredentialConfiguration,
  { type, jwts }: ProofList,
): Promise<Proven> {
  const { service, now } = context
  const { client, grant } = prover
  const expected = {
    issuer: credentialIssuerOf(service),
    clientIds: isAnonymousClient(client)
      ? []
      : [clientIdentifier(client, grant), ...clientIdentifiers(client)],
    hasNonce: needsNonce(context),
    now,
  }
  const attestations = new Map<string, KeyAttestation>()
  const keys: JWK[] = []
  const nonces: unknown[] = []
  for (const jwt of jwts) {
    const header = readProofHeader(jwt, type)
    const { attestation: text } = header
    const attestation =
      text === undefined
        ? undefined
        : (attestations.get(text) ?? (await verifyAttestation(context, prover, type, text, true)))
    if (attestation && text !== undefined) attestations.set(text, attestation)
    const key = keyOfProof(header, attestation, configuration)
    if (attestation) requireAttested(attestation, key)
    nonces.push(await verifyProof(jwt, key, type, expected))
    keys.push(key)
  }
  const [first] = attestations.values()
  return {
    // OpenID4VCI §F.1: with one proof, a credential for each of the attested keys.
    keys: first && jwts.length === 1 ? first.keys : keys,
    attestation: first?.about,
    nonces: [...nonces, ...[...attestations.values()].map(({ nonce }) => nonce)],
    signed: jwts.map(signedText),
  }
}

/** By the certificates in its header, or else by a key of the client. */
async function verifyAttestation(
  context: ServiceContext,
  { client, strict }: Prover,
  type: ProofType,
  jwt: string,
  needsExpiry: boolean,
): Promise<KeyAttestation> {
  const { service, now } = context
  const chain = keyAttesterChain(jwt, type, service, strict)
  const verified = chain
    ? await verifyAttestationByChain(jwt, chain, service, { strict, now })
    : await verifyClientSignature(context, client, jwt, asymmetricAlgorithms)
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const batchSize = batchSizeOf(service)
  return readKeyAttestation(verified, type, { batchSize, needsExpiry, skew, now })
}

const needsNonce = ({ service }: ServiceContext): boolean =>
  Boolean(service.credentialIssuerMetadata?.nonceEndpoint)

/** A signature of the same text may differ, but the text is the same proof. */
const signedText = (jwt: string): string => jwt.slice(0, jwt.lastIndexOf('.'))

/**
 * The writes that claim nonces and proofs of all credentials of a request. With a nonce endpoint,
 * each nonce is used for one request, or else each proof is.
 */
export function claimProofs(context: ServiceContext, proven: readonly Proven[]): Write[] {
  const { service, now } = context
  const bound = proven.filter(({ keys }) => keys.length > 0)
  const isWindow = proofWindow.read(service) === 'window'
  if (!needsNonce(context)) return claimSigned(context, bound, now + 600_000)
  const nonces = requireNonces(bound.flatMap((each) => each.nonces))
  const hashes = nonces.map((nonce) => requireNonce(context, nonce))
  if (!isWindow) return [...new Set(hashes)].map((hash) => claimNonce(context, hash))
  return claimSigned(context, bound, now + effectiveSeconds(service, 'cnonceDuration') * 1000)
}

const claimSigned = (
  context: ServiceContext,
  proven: readonly Proven[],
  expiresAt: number,
): Write[] =>
  proven
    .flatMap(({ signed }) => signed)
    .map((value) => claimOnce(context, { kind: 'vci-proof', value, expiresAt, rule: proofUsed }))
