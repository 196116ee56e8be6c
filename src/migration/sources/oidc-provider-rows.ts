/** Rows of an adapter: payloads with their kind, alone or beneath `payload`. */
import { parseUrl } from '../../model/url.ts'
import { grantTypeOf } from '../../oauth/grants/grant-type.ts'
import { isObject, numberIn, textIn, textsIn } from '../input.ts'
import { sha256 } from '../metadata.ts'
import type { HashedToken, MigratedScopes, MigratedTokens } from '../migration.ts'
import type { Report } from '../report.ts'
import { counterOf } from './authlete-tokens.ts'

export interface Row {
  kind: string
  payload: Record<string, unknown>
}

/** Undefined if it is no row. */
export function rowOf(value: Record<string, unknown>): Row | undefined {
  const payload = isObject(value['payload']) ? value['payload'] : value
  const kind = textIn(payload['kind']) ?? textIn(value['kind']) ?? textIn(value['model'])
  if (kind !== undefined) return { kind, payload }
  return payload !== value && 'client_id' in payload ? { kind: 'Client', payload } : undefined
}

const kinds = new Set(['AccessToken', 'ClientCredentials', 'RefreshToken'])
const grantKind = 'Grant'

/** One entry for each grant with an access token and a refresh token; others by themselves. */
export function tokensOfRows(report: Report, rows: readonly Row[]): MigratedTokens[] {
  const left = counterOf()
  const ofTokens = rows.filter(({ kind }) => kinds.has(kind))
  const entries: MigratedTokens[] = []
  const open = new Map<string, MigratedTokens>()
  let taken = 0
  for (const { kind, payload } of ofTokens) {
    const entry = entryOf(kind, payload)
    if (typeof entry === 'string') {
      left.add(entry)
      continue
    }
    taken += 1
    const name = kind === 'RefreshToken' ? 'refreshToken' : 'accessToken'
    const grant = `${textIn(payload['grantId']) ?? ''} ${entry.clientIdentifier}`
    const partner = open.get(grant)
    if (textIn(payload['grantId']) && partner && partner[name] === undefined) {
      partner[name] = entry[name]
      // The refresh token has the whole grant.
      if (name === 'refreshToken') partner.scopes = entry.scopes
      open.delete(grant)
    } else {
      entries.push(entry)
      open.set(grant, entry)
    }
  }
  left.report(report, 'tokens', ofTokens.length, taken)
  reportOthers(report, rows)
  return entries
}

/** The entry for a row, or why there is none. */
function entryOf(kind: string, payload: Record<string, unknown>): MigratedTokens | string {
  const value = textIn(payload['jti'])
  const exp = numberIn(payload['exp'])
  const clientIdentifier = textIn(payload['clientId'])
  if (value === undefined || exp === undefined) return 'It has no identifier, or no expiry.'
  if (clientIdentifier === undefined) return 'It names no client.'
  if (payload['consumed'] !== undefined) return 'It was used: a newer one has replaced it.'
  const format = textIn(payload['format']) ?? 'opaque'
  if (format !== 'opaque') return 'It is a JWT, whose value the row does not have.'
  const subject = textIn(payload['accountId'])
  const isOfClient = kind === 'ClientCredentials'
  if (subject === undefined && !isOfClient) return 'It names no user.'
  const token: HashedToken = { hash: sha256(value), expiresAt: exp * 1000 }
  const [first = ''] = (textIn(payload['gty']) ?? '').split(' ')
  const iat = numberIn(payload['iiat']) ?? numberIn(payload['iat'])
  return {
    clientIdentifier,
    grantType: isOfClient ? 'CLIENT_CREDENTIALS' : usedGrant(first),
    subject: isOfClient ? undefined : subject,
    scopes: [...new Set((textIn(payload['scope']) ?? '').split(' ').filter(Boolean))],
    resources: resourcesOf(payload['aud']),
    acr: textIn(payload['acr']),
    authTime: numberIn(payload['authTime']),
    certificateThumbprint: textIn(payload['x5t#S256']),
    dpopKeyThumbprint: textIn(payload['jkt']),
    createdAt: iat === undefined ? undefined : iat * 1000,
    ...(kind === 'RefreshToken' ? { refreshToken: token } : { accessToken: token }),
  }
}

function usedGrant(text: string): MigratedTokens['grantType'] {
  const type = grantTypeOf(text)
  const isOfUser = type !== undefined && type !== 'CLIENT_CREDENTIALS' && type !== 'REFRESH_TOKEN'
  return isOfUser ? type : 'AUTHORIZATION_CODE'
}

function resourcesOf(aud: unknown): string[] | undefined {
  const all = typeof aud === 'string' ? [aud] : textsIn(aud)
  const uris = all.filter((each) => parseUrl(each) !== undefined)
  return uris.length > 0 ? uris : undefined
}

/** What users granted: the scopes of OpenID Connect, and those of resources. */
export function grantedByRows(report: Report, rows: readonly Row[]): MigratedScopes[] {
  const left = counterOf()
  const grants = rows.filter(({ kind }) => kind === grantKind)
  const scopes = grants.flatMap(({ payload }): MigratedScopes[] => {
    const { openid, resources } = payload
    const words = [
      textIn(isObject(openid) ? openid['scope'] : undefined),
      ...Object.values(isObject(resources) ? resources : {}).map(textIn),
    ].flatMap((text) => (text ?? '').split(' ').filter(Boolean))
    const subject = textIn(payload['accountId'])
    const clientIdentifier = textIn(payload['clientId'])
    if (subject === undefined || clientIdentifier === undefined || words.length === 0) {
      return left.add('It names no scopes of a user for a client.')
    }
    return [{ clientIdentifier, subject, scopes: [...new Set(words)] }]
  })
  left.report(report, 'granted scopes', grants.length, scopes.length)
  return scopes
}

/** Sessions, codes and what else ends with the move, counted by kind. */
function reportOthers(report: Report, rows: readonly Row[]): void {
  const counts = new Map<string, number>()
  for (const { kind } of rows) {
    if (kinds.has(kind) || kind === grantKind) continue
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  for (const [kind, count] of counts) {
    const note = `${count} rows: they end with the move, as what is begun does.`
    report.add({ of: 'rows', property: kind, outcome: 'dropped', note })
  }
}
