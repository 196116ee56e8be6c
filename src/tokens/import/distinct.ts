/** One hash names one token. */
import { refuseCaller } from '../../refusal.ts'
import { importRules } from './rules.ts'
import type { TokensToImport } from './tokens.ts'

export function refuseUnlessDistinct(tokens: readonly TokensToImport[]): void {
  const known = new Set<string>()
  for (const [at, { accessToken, refreshToken }] of tokens.entries()) {
    for (const { hash } of [accessToken, refreshToken].flatMap((token) => token ?? [])) {
      if (known.has(hash)) refuseCaller(importRules.repeated, `tokens.${at}.`)
      known.add(hash)
    }
  }
}
