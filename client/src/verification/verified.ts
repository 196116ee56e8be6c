/** JWTs that were verified a moment ago: a signature costs more than all other checks. */
import type { Access } from '../access.ts'
import { type LocalOptions, type Scheme, verifyLocally } from './local.ts'
import { nameOf } from './revocations.ts'

export interface Verified {
  readonly access: Access
  /** By which the log of revocations names the token. */
  readonly name: number
}

interface Held extends Verified {
  readonly until: number
}

/** Milliseconds for which a signature is good, also if the issuer withdraws the key. */
const goodMilliseconds = 60_000

/** What a token says, verified now or within the last minute; `most` tokens are remembered. */
export function createVerifiedTokens(
  local: LocalOptions,
  most: number,
): (token: string, scheme: Scheme) => Promise<Verified> | Verified {
  const { now, clockTolerance } = local
  const held = new Map<string, Held>()

  async function verify(token: string, scheme: Scheme): Promise<Verified> {
    const access = await verifyLocally(token, scheme, local)
    const expiry = access.expiresAt + 1_000 * clockTolerance
    const until = Math.min(now() + goodMilliseconds, expiry)
    const verified = { access, name: await nameOf(token), until }
    if (most <= 0) return verified
    const [first] = held.keys()
    if (held.size >= most && first !== undefined) held.delete(first)
    held.set(token, verified)
    return verified
  }

  return (token, scheme) => {
    const known = held.get(token)
    if (known && known.until > now()) return known
    held.delete(token)
    return verify(token, scheme)
  }
}
