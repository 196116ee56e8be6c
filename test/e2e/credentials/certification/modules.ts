/** The modules of the suite, in its order and by its names, each with what it checks. */
import type { Fault } from './attestation.ts'
import { expectUnattested } from './checks.ts'
import { metadata, signedMetadata } from './documents.ts'
import {
  additionalRequests,
  batchIssuance,
  happyFlow,
  happyFlowInBothFormats,
  multipleClients,
  skipNotification,
} from './issuance.ts'
import type { Plan } from './plan.ts'
import {
  invalidKeyAttestation,
  invalidNonce,
  invalidProofSignature,
  missingProof,
  tokenInQuery,
  unknownConfiguration,
  unknownIdentifier,
  unsupportedEncryption,
} from './refusals.ts'

type Module = (plan: Plan) => Promise<void>

const past = Math.floor(Date.now() / 1000) - 300

/** At the first endpoint that authenticates the client; `rule` is what Postern tells of it. */
const unattested =
  (fault: Fault, rule: string): Module =>
  (plan) =>
    expectUnattested(plan, fault, rule)

export const modules: [name: string, run: Module][] = [
  ['metadata-test', metadata],
  ['metadata-test-signed', signedMetadata],
  ['happy-flow', (plan) => (plan.haip ? happyFlowInBothFormats(plan) : happyFlow(plan))],
  ['happy-flow-additional-requests', additionalRequests],
  ['happy-flow-multiple-clients', multipleClients],
  ['happy-flow-skip-notification', skipNotification],
  ['batch-issuance', batchIssuance],
  ['fail-invalid-nonce', invalidNonce],
  ['fail-invalid-jwt-proof-signature', invalidProofSignature],
  ['fail-invalid-key-attestation-signature', invalidKeyAttestation],
  [
    'fail-invalid-client-attestation-signature',
    unattested({ signature: 'invalid' }, 'not signed by a trusted attester'),
  ],
  [
    'fail-invalid-client-attestation-pop-signature',
    unattested({ proofSignature: 'invalid' }, 'not signed with the key'),
  ],
  ['fail-client-attestation-exp-in-past', unattested({ claims: { exp: past } }, 'The exp of')],
  ['fail-client-attestation-no-sub', unattested({ claims: { sub: undefined } }, 'The sub of')],
  [
    'fail-client-attestation-pop-wrong-aud',
    unattested({ proofClaims: { aud: 'https://other.example.com' } }, 'The aud of'),
  ],
  [
    'fail-mismatched-client-attestation-pop-key',
    unattested({ proofKey: 'other' }, 'not signed with the key'),
  ],
  ['fail-missing-proof', missingProof],
  ['fail-unsupported-encryption-algorithm', unsupportedEncryption],
  ['fail-unknown-credential-configuration', unknownConfiguration],
  ['fail-unknown-credential-identifier', unknownIdentifier],
  ['fail-on-access-token-in-query', tokenInQuery],
]
