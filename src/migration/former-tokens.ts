/** The settings that a service needs for the tokens of a former system. */
import type { MigratedFormerTokens, Settings } from './migration.ts'

/** Names the formats of digests. Formats with keys are named where their secrets are. */
export function withFormats(
  settings: Settings,
  tokens: readonly MigratedFormerTokens[],
  more: readonly object[] = [],
): Settings {
  const digests = new Set(
    tokens.flatMap(({ refreshToken: { former } }) =>
      former?.format.startsWith('sha-') ? [former.format] : [],
    ),
  )
  const entries = [...[...digests].map((format) => ({ format })), ...more]
  if (entries.length === 0) return settings
  const attributes = (settings['attributes'] as object[] | undefined) ?? []
  const attribute = { key: 'ext.formerTokens', value: JSON.stringify(entries) }
  return { ...settings, attributes: [...attributes, attribute] }
}
