/** Single use of what a client signs: proofs, assertions, signed requests. */
import type { ServiceContext } from '../context.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { Refusal, type Rule } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

/**
 * Goes into the commit of what the value unlocks: whichever nodes it arrives at, one commit
 * succeeds and the others are refused by the rule. It is kept until the value itself expires.
 */
export function claimOnce(
  { service, store }: ServiceContext,
  claimed: { kind: string; value: string; expiresAt: number; rule: Rule; detail?: string },
): Write {
  const { kind, value, expiresAt, rule, detail } = claimed
  const claim = store.replays.claim(service.apiKey, kind, tokenHash(value), expiresAt)
  return orRefuse(claim, new Refusal(rule, detail?.slice(0, 100)))
}
