/** What a resolver says about an entity, OpenID Federation §8.3.2. */
import type { Statement } from '../entity-statement.ts'
import { resolvedByType, type TrustChain } from '../trust-chain.ts'
import { endOf, type TrustMark } from '../trust-mark.ts'

export interface Resolved {
  chain: TrustChain
  /** The configuration of the trust anchor, if it is known. */
  anchor: Statement | undefined
  /** The valid trust marks of the subject. */
  marks: readonly TrustMark[]
}

/** The claims of the response. It ends with the first of the statements and trust marks in it. */
export function resolveResponse(
  issuer: string,
  { chain, anchor, marks }: Resolved,
  types: readonly string[] | undefined,
  now: number,
): Record<string, unknown> {
  const current = marks.filter((mark) => endOf(mark) > now)
  const last = chain.statements.at(-1)
  const isWhole = last !== undefined && last.issuer === last.subject
  const added = !isWhole && anchor && anchor.expiresAt > now ? [anchor] : []
  const ends = [
    ...[...chain.statements, ...added].map((each) => each.expiresAt),
    ...current.map(endOf),
  ]
  return {
    iss: issuer,
    sub: chain.subject,
    iat: Math.floor(now / 1_000),
    exp: Math.floor(Math.min(...ends) / 1_000),
    metadata: Object.fromEntries(resolvedByType(chain, types)),
    trust_chain: [...chain.statements, ...added].map(({ text }) => text),
    ...(current.length > 0 ? { trust_marks: current.map(entryOf) } : {}),
  }
}

/** A trust mark as in entity configurations, §3.1.2. */
const entryOf = ({ type, text }: TrustMark) => ({ trust_mark_type: type, trust_mark: text })
