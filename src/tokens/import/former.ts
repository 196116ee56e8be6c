/** Keys of tokens that a former system names by something else than their SHA-256. */
import type { ServiceContext } from '../../context.ts'
import { type FormerFormat, isIdentifier, takesFormat } from '../../oauth/tokens/former/setting.ts'
import { formerKey } from '../../oauth/tokens/former/token.ts'
import { refuseCaller } from '../../refusal.ts'
import { importRules } from './rules.ts'
import type { HashedToken, TokensToImport } from './tokens.ts'

interface Identified {
  hash?: string | undefined
  former?: { format: FormerFormat; identifier: string } | undefined
  expiresAt: number
}

type Given = Omit<TokensToImport, 'refreshToken'> & { refreshToken?: Identified | undefined }

export const withKeys = (context: ServiceContext, tokens: readonly Given[]): TokensToImport[] =>
  tokens.map((entry, at) => ({
    ...entry,
    refreshToken: entry.refreshToken && keyed(context, entry.refreshToken, `tokens.${at}`),
  }))

function keyed(
  { service }: ServiceContext,
  { hash = '', former, expiresAt }: Identified,
  at: string,
): HashedToken {
  if (!former) return { hash, expiresAt }
  const { format, identifier } = former
  if (!takesFormat(service, format)) refuseCaller(importRules.formatUnnamed, `${at}: ${format}.`)
  if (!isIdentifier(format, identifier)) {
    refuseCaller(importRules.identifierMalformed, `${at}: ${identifier.slice(0, 100)}.`)
  }
  return { hash: formerKey(format, identifier), expiresAt }
}
