/**
 * Rows of `hydra_oauth2_refresh`. Hydra stores the signature of each refresh token, an HMAC by its
 * system secret: the import takes both, so that a token is proven as Hydra proves it.
 */
import { createDecipheriv, createHash } from 'node:crypto'
import { isUrl } from '../../model/url.ts'
import { isIdentifier } from '../../oauth/tokens/former/setting.ts'
import { durationSeconds } from '../duration.ts'
import { isObject, numberIn, textIn, textsIn } from '../input.ts'
import type { MigratedFormerTokens } from '../migration.ts'
import type { Report } from '../report.ts'
import { flagIn, timeIn } from '../rows.ts'
import { counterOf } from './authlete-tokens.ts'
import { leavesOf } from './hydra-configuration.ts'

type Row = Readonly<Record<string, unknown>>

export const isTokenRow = (one: Row): boolean => 'signature' in one && 'request_id' in one

/** The symmetric keys that Hydra derives from its system secrets, the current one first. */
export function systemKeys(documents: readonly Record<string, unknown>[]) {
  const secrets = documents.flatMap((one) => {
    const value = leavesOf(one)['secrets.system']
    return typeof value === 'string' ? [value] : textsIn(value)
  })
  return [...new Set(secrets)].slice(0, 10).map((secret, at) => ({
    kty: 'oct',
    kid: `hydra-system-${at + 1}`,
    use: 'sig',
    key_ops: ['verify'],
    k: createHash('sha256').update(secret).digest('base64url'),
  }))
}

/** The live refresh tokens. `documents` are configuration files, for the lifetime of tokens. */
export function hydraTokens(
  report: Report,
  rows: readonly Row[],
  documents: readonly Record<string, unknown>[],
): MigratedFormerTokens[] {
  const left = counterOf()
  const keys = systemKeys(documents)
  const lifetime = documents.map((one) => leavesOf(one)['ttl.refresh_token']).find(Boolean)
  const tokens = rows.flatMap((row): MigratedFormerTokens[] => {
    if (!flagIn(row['active'])) return left.add('It was used, or revoked.')
    const clientIdentifier = textIn(row['client_id'])
    const subject = textIn(row['subject'])
    const identifier = textIn(row['signature']) ?? ''
    if (clientIdentifier === undefined || subject === undefined) {
      return left.add('It names no client, or no user.')
    }
    if (!isIdentifier('hydra', identifier))
      return left.add('Its signature is not one of Hydra 1 or 2.')
    const session = sessionOf(row['session_data'], keys)
    const { acr, authTime } = authenticationOf(session)
    const resources = partsOf(row['granted_audience']).filter((each) => isUrl(each))
    return [
      {
        clientIdentifier,
        grantType: 'AUTHORIZATION_CODE',
        subject,
        scopes: partsOf(row['granted_scope']),
        resources: resources.length > 0 ? resources : undefined,
        acr,
        authTime,
        createdAt: timeIn(row['requested_at']),
        refreshToken: {
          former: { format: 'hydra', identifier },
          expiresAt: expiryOf(row, session, lifetime),
        },
      },
    ]
  })
  left.report(report, 'tokens', rows.length, tokens.length)
  return tokens
}

const partsOf = (value: unknown): string[] => [
  ...new Set((textIn(value) ?? '').split('|').filter(Boolean)),
]

/** JSON, or JSON that Hydra has encrypted under a system secret; undefined if no key fits. */
function sessionOf(
  value: unknown,
  keys: readonly { k: string }[],
): Record<string, unknown> | undefined {
  if (isObject(value)) return value
  const text = textIn(value) ?? ''
  const plain = keys.map(({ k }) => decrypted(text, Buffer.from(k, 'base64url')))
  return [text, ...plain].map(objectOf).find((found) => found !== undefined)
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** AES-256-GCM: a nonce of 12 bytes, the content, and a tag of 16 bytes, as base64url. */
function decrypted(text: string, key: Buffer): string {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < 28) return ''
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  cipher.setAuthTag(bytes.subarray(-16))
  try {
    return cipher.update(bytes.subarray(12, -16), undefined, 'utf8') + cipher.final('utf8')
  } catch {
    return ''
  }
}

function authenticationOf(session: Record<string, unknown> | undefined) {
  const ofIdToken = isObject(session?.['id_token']) ? session['id_token'] : {}
  const claims = isObject(ofIdToken['id_token_claims']) ? ofIdToken['id_token_claims'] : {}
  const time = timeIn(claims['auth_time'])
  return {
    acr: textIn(claims['acr']),
    authTime: time !== undefined && time > 0 ? Math.floor(time / 1000) : undefined,
  }
}

const never = Number.MAX_SAFE_INTEGER
const usualSeconds = 720 * 3_600

/** The column, the session, or else the lifetime of the configuration. */
function expiryOf(
  row: Row,
  session: Record<string, unknown> | undefined,
  lifetime: unknown,
): number {
  const ofIdToken = isObject(session?.['id_token']) ? session['id_token'] : {}
  const times = isObject(ofIdToken['expires_at']) ? ofIdToken['expires_at'] : {}
  const told = timeIn(row['expires_at']) ?? timeIn(times['refresh_token'])
  // The zero time of Go is that of a token without an expiry.
  if (told !== undefined) return told > 0 ? told : never
  const isEndless = session !== undefined || lifetime === '-1' || numberIn(lifetime) === -1
  if (isEndless) return never
  const seconds = durationSeconds(lifetime) ?? usualSeconds
  return (timeIn(row['requested_at']) ?? 0) + seconds * 1000
}
