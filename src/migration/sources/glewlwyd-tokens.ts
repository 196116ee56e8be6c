/**
 * Rows of `gpo_refresh_token` and `gpo_refresh_token_scope`: refresh tokens by digests of the
 * algorithm that the server is configured with.
 */
import { isIdentifier } from '../../oauth/tokens/former/setting.ts'
import { textIn } from '../input.ts'
import type { FormerToken, HashedToken, MigratedFormerTokens } from '../migration.ts'
import type { Report } from '../report.ts'
import { flagIn, timeIn } from '../rows.ts'
import { counterOf } from './authlete-tokens.ts'

type Row = Readonly<Record<string, unknown>>

export const isTokenRow = (one: Row): boolean => 'gpor_token_hash' in one || 'gpors_scope' in one

/** The digests that Glewlwyd writes before a hash, without a salt. */
const formats = {
  '{SHA}': 'sha-1',
  '{SHA224}': 'sha-224',
  '{SHA384}': 'sha-384',
  '{SHA512}': 'sha-512',
} as const

/** The live refresh tokens of an instance of the plugin. */
export function glewlwydTokens(
  report: Report,
  rows: readonly Row[],
  plugin: string,
): MigratedFormerTokens[] {
  const left = counterOf()
  const scopes = new Map<string, string[]>()
  for (const row of rows) {
    const scope = textIn(row['gpors_scope'])
    const of = String(row['gpor_id'])
    if (scope !== undefined) scopes.set(of, [...(scopes.get(of) ?? []), scope])
  }
  const listed = rows.filter((row) => 'gpor_token_hash' in row)
  const tokens = listed.flatMap((row): MigratedFormerTokens[] => {
    if ((textIn(row['gpor_plugin_name']) ?? plugin) !== plugin) {
      return left.add('It is of another instance of the plugin.')
    }
    if (!flagIn(row['gpor_enabled'] ?? 1)) return left.add('It was revoked, or used.')
    const clientIdentifier = textIn(row['gpor_client_id'])
    const subject = textIn(row['gpor_username'])
    const expiresAt = timeIn(row['gpor_expires_at'])
    if (clientIdentifier === undefined || subject === undefined || expiresAt === undefined) {
      return left.add('It names no client, no user or no expiry.')
    }
    const refreshToken = tokenOf(textIn(row['gpor_token_hash']) ?? '', expiresAt)
    if (!refreshToken) return left.add('Its hash has a salt, or an algorithm that is not taken.')
    const listedScopes = scopes.get(String(row['gpor_id'])) ?? []
    return [
      {
        clientIdentifier,
        grantType: 'AUTHORIZATION_CODE',
        subject,
        scopes: [...new Set(listedScopes)],
        dpopKeyThumbprint: textIn(row['gpor_dpop_jkt']),
        createdAt: timeIn(row['gpor_issued_at']),
        refreshToken,
      },
    ]
  })
  left.report(report, 'tokens', listed.length, tokens.length)
  return tokens
}

function tokenOf(text: string, expiresAt: number): HashedToken | FormerToken | undefined {
  const [, name = '', digest = ''] = /^(\{\w+\})([\w+/-]+=*)$/.exec(text) ?? []
  const identifier = Buffer.from(digest, 'base64').toString('base64url')
  if (name === '{SHA256}') {
    return identifier.length === 43 ? { hash: identifier, expiresAt } : undefined
  }
  if (!Object.hasOwn(formats, name)) return undefined
  const format = formats[name as keyof typeof formats]
  return isIdentifier(format, identifier)
    ? { former: { format, identifier }, expiresAt }
    : undefined
}
