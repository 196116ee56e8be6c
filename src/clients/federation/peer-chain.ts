/**
 * The chain from the provider to the trust anchor that a relying party chose: the header
 * `peer_trust_chain`, OpenID Federation §4.4.
 */

import type { ServiceContext } from '../../context.ts'
import { readStatement } from '../../oauth/federation/entity-statement.ts'
import type { RegistrationRequest } from '../../oauth/federation/explicit/request.ts'
import { type Anchor, anchorsOf, resolvedMetadata } from '../../oauth/federation/trust-chain.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { resolveWith } from './resolve.ts'

const rules = defineRules('Peer trust chain', {
  anchor: {
    code: 'P138011',
    error: 'invalid_trust_anchor',
    spec: 'OpenID Federation §12.2.2',
    message:
      'The trust chains of the relying party and of the provider must end at one trust anchor.',
    fix: 'Send a `peer_trust_chain` of the provider that ends at the trust anchor of the own trust chain.',
    settings: ['service.trustAnchors'],
  },
})

/**
 * The trust anchors that a chain of the relying party may end at: that of its peer chain, if the
 * request has one. The policies of that chain must accept the metadata of the provider. They are
 * not applied, because the provider is the same for all relying parties.
 */
export async function anchorsFor(
  context: ServiceContext,
  provider: string,
  { chain, peerChain }: RegistrationRequest,
): Promise<readonly Anchor[]> {
  const anchors = anchorsOf(context.service)
  if (!peerChain) return anchors
  const given = { chain: peerChain, isStatic: true }
  const peer = await resolveWith(context, provider, anchors, given)
  resolvedMetadata(peer, 'openid_provider')
  const last = chain?.at(-1)
  if (last !== undefined && readStatement(last).issuer !== peer.anchor) {
    refuse(rules.anchor, peer.anchor)
  }
  return anchors.filter(({ entityId }) => entityId === peer.anchor)
}
