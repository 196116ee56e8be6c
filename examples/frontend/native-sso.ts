/**
 * Device secrets of Native SSO, OIDC Native SSO §3.2: which session each one shares between apps.
 * Only their hashes are kept, in memory.
 */
import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { TokenResponse } from './token-policy.ts'

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')

export function createDeviceSecrets(clock: () => number) {
  const perf = { now: clock }
  const sessionOf = new LRUCache<string, string>({ max: 10_000, ttl: 30 * 86_400_000, perf })

  return {
    /** The secret to answer with; undefined where another app presents one that is not good. */
    settle({ grantType, sessionId = '', ...presented }: TokenResponse): string | undefined {
      const { deviceSecret, deviceSecretHash } = presented
      const hash = hashOf(deviceSecret ?? '')
      const isKnown = sessionOf.get(hash) === sessionId
      if (grantType === 'TOKEN_EXCHANGE')
        return isKnown && hash === deviceSecretHash ? deviceSecret : undefined
      if (isKnown) return deviceSecret
      const made = randomBytes(32).toString('base64url')
      sessionOf.set(hashOf(made), sessionId)
      return made
    },
  }
}
