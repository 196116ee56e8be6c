/** Replay protection for values that a client signs: proofs, assertions, signed requests. */
import type { ServiceContext } from '../context.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { Refusal, type Rule } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

/**
 * The write that claims a value, for the commit of the operation. Of concurrent commits on all
 * nodes one succeeds, and the others are refused with the rule. The claim is stored until the value
 * expires.
 */
export function claimOnce(
  { service, store }: ServiceContext,
  claimed: { kind: string; value: string; expiresAt: number; rule: Rule; detail?: string },
): Write {
  const { kind, value, expiresAt, rule, detail } = claimed
  const claim = store.replays.claim(service.apiKey, kind, tokenHash(value), expiresAt)
  return orRefuse(claim, new Refusal(rule, detail?.slice(0, 100)))
}
