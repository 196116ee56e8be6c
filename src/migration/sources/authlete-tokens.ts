/** Tokens and granted scopes in lists of the API, by the hashes that it has of them. */
import { GrantType } from '../../model/enums.ts'
import { isObject, numberIn, textIn, textsIn } from '../input.ts'
import type { HashedToken, MigratedScopes, MigratedTokens } from '../migration.ts'
import type { Report } from '../report.ts'

/** Clients of the import, by the identifiers that tokens name. */
type Known = ReadonlyMap<string, string>

const isHash = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value)

export function authleteTokens(
  report: Report,
  listed: readonly Record<string, unknown>[],
  known: Known,
): MigratedTokens[] {
  const left = counterOf()
  const tokens = listed.flatMap((entry): MigratedTokens[] => {
    const clientIdentifier = known.get(String(entry['clientId'] ?? ''))
    if (clientIdentifier === undefined) return left.add('Its client is not in the files.')
    const grantType = GrantType.safeParse(entry['grantType'])
    const accessToken = hashed(entry, 'accessToken')
    const refreshToken = hashed(entry, 'refreshToken')
    if (!accessToken && !refreshToken)
      return left.add('It has no SHA-256 of a token with an expiry.')
    const subject = textIn(entry['subject'])
    const isOfClient = subject === undefined
    return [
      {
        clientIdentifier,
        grantType: isOfClient ? 'CLIENT_CREDENTIALS' : (grantType.data ?? 'AUTHORIZATION_CODE'),
        subject,
        scopes: textsIn(entry['scopes']),
        properties: propertiesIn(entry['properties']),
        createdAt: numberIn(entry['createdAt'] ?? entry['issuedAt']),
        accessToken,
        refreshToken: isOfClient ? undefined : refreshToken,
      },
    ]
  })
  left.report(report, 'tokens', listed.length, tokens.length)
  return merged(tokens)
}

/** 0 is the expiry of a token that does not expire. */
function hashed(entry: Record<string, unknown>, name: string): HashedToken | undefined {
  const hash = entry[`${name}Hash`]
  const ofList = name === 'refreshToken' ? entry['expiresAt'] : undefined
  const expiresAt = numberIn(entry[`${name}ExpiresAt`] ?? ofList)
  if (!isHash(hash) || expiresAt === undefined) return undefined
  return { hash, expiresAt: expiresAt === 0 ? Number.MAX_SAFE_INTEGER : expiresAt }
}

const propertiesIn = (value: unknown): MigratedTokens['properties'] =>
  Array.isArray(value)
    ? value
        .filter(isObject)
        .flatMap(({ key, value: text, hidden }) =>
          typeof key === 'string'
            ? [{ key, value: String(text ?? ''), hidden: hidden === true }]
            : [],
        )
    : undefined

/** A hash once: the lists of access tokens and refresh tokens may both have it. */
function merged(tokens: readonly MigratedTokens[]): MigratedTokens[] {
  const known = new Set<string>()
  const unseen = (token: HashedToken | undefined) => {
    if (!token || known.has(token.hash)) return undefined
    known.add(token.hash)
    return token
  }
  return tokens
    .map((entry) => ({
      ...entry,
      accessToken: unseen(entry.accessToken),
      refreshToken: unseen(entry.refreshToken),
    }))
    .filter(({ accessToken, refreshToken }) => accessToken || refreshToken)
}

export function authleteScopes(
  report: Report,
  listed: readonly Record<string, unknown>[],
  known: Known,
): MigratedScopes[] {
  const left = counterOf()
  const scopes = listed.flatMap((entry): MigratedScopes[] => {
    const clientIdentifier = known.get(String(entry['clientId'] ?? ''))
    const subject = textIn(entry['subject'])
    const granted = textsIn(entry['mergedGrantedScopes'])
    if (clientIdentifier === undefined) return left.add('Its client is not in the files.')
    if (subject === undefined || granted.length === 0)
      return left.add('It names no scopes of a user.')
    return [{ clientIdentifier, subject, scopes: granted }]
  })
  left.report(report, 'granted scopes', listed.length, scopes.length)
  return scopes
}

/** Counts what is left out, by the reason. */
export function counterOf() {
  const counts = new Map<string, number>()
  return {
    add(why: string): never[] {
      counts.set(why, (counts.get(why) ?? 0) + 1)
      return []
    },
    report(to: Report, of: string, total: number, taken: number) {
      if (total === 0) return
      const note = `${taken} of ${total}: by their hashes, with client, subject, scopes and expiry.`
      to.add({ of, property: of, outcome: 'changed', to: 'tokens.jsonl', note })
      for (const [why, count] of counts) {
        to.add({ of, property: of, outcome: 'dropped', note: `${count} of ${total}: ${why}` })
      }
    },
  }
}
