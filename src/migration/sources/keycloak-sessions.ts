/**
 * Rows of `offline_user_session` and `offline_client_session`. Refresh tokens of Keycloak are JWTs
 * of these sessions: a token is live for as long as its session is. Keycloak 26 has all sessions in
 * these tables, versions before it the offline ones.
 */
import { isIdentifier } from '../../oauth/tokens/former/setting.ts'
import { keycloakSession } from '../../oauth/tokens/former/token.ts'
import { isObject, numberIn, objectsIn, textIn, textsIn } from '../input.ts'
import type { MigratedClient, MigratedFormerTokens, Settings } from '../migration.ts'
import type { Report } from '../report.ts'
import { timeIn } from '../rows.ts'
import { counterOf } from './authlete-tokens.ts'

type Row = Readonly<Record<string, unknown>>

export const isSessionRow = (one: Row): boolean => 'user_session_id' in one

const offlineAs = '1'
const isOfflineRow = (row: Row) => String(row['offline_flag']) === offlineAs
const nameOf = (row: Row) => `${String(row['user_session_id'])} ${isOfflineRow(row)}`

/** One entry for each live session of a user with a client of the realm. */
export function sessionTokens(report: Report, realm: Row, rows: readonly Row[]) {
  const left = counterOf()
  const users = new Map(rows.filter((row) => 'user_id' in row).map((row) => [nameOf(row), row]))
  const clients = new Map(
    objectsIn({ path: 'clients', value: realm['clients'] ?? [] }).map((one) => [one['id'], one]),
  )
  const usual = usualScopes(realm)
  const listed = rows.filter((row) => 'client_id' in row)
  const tokens = listed.flatMap((row): MigratedFormerTokens[] => {
    const user = users.get(nameOf(row))
    const client = clients.get(row['client_id'])
    const subject = textIn(user?.['user_id'])
    if (!user || subject === undefined) return left.add('Its session of the user is not named.')
    if (![undefined, realm['id'], realm['realm']].includes(user['realm_id'])) {
      return left.add('It is of another realm.')
    }
    if (!client) return left.add('Its client is not in the realm.')
    const lastUse = Math.max(
      timeIn(user['last_session_refresh']) ?? 0,
      timeIn(row['timestamp']) ?? 0,
    )
    if (lastUse < 1000 * Math.max(secondsIn(realm, 'notBefore'), secondsIn(client, 'notBefore'))) {
      return left.add('It was revoked by the time "not before" of the realm or the client.')
    }
    const clientIdentifier = String(client['clientId'])
    const isOffline = isOfflineRow(row)
    const begun = timeIn(user['created_on'])
    const identifier = keycloakSession(isOffline, String(row['user_session_id']), clientIdentifier)
    if (!isIdentifier('keycloak', identifier))
      return left.add('Its name is too long, or has quotes.')
    const expiresAt = expiryOf(realm, isOffline, lastUse, begun)
    return [
      {
        clientIdentifier,
        grantType: 'AUTHORIZATION_CODE',
        subject,
        scopes: [...new Set([...askedScopes(row), ...usual(client)])],
        authTime: authTimeOf(user),
        // Offline sessions may outlast the maximum lifetime of refresh tokens.
        createdAt: isOffline ? undefined : begun,
        refreshToken: { former: { format: 'keycloak', identifier }, expiresAt },
      },
    ]
  })
  left.report(report, 'tokens', listed.length, tokens.length)
  const offline = new Set(
    listed.filter(isOfflineRow).map((row) => clients.get(row['client_id'])?.['clientId']),
  )
  return { tokens, offline }
}

const secondsIn = (of: Row, name: string): number => Math.max(numberIn(of[name]) ?? 0, 0)

function expiryOf(realm: Row, isOffline: boolean, lastUse: number, begun = lastUse): number {
  const name = isOffline ? 'offlineSession' : 'ssoSession'
  const idle = secondsIn(realm, `${name}IdleTimeout`)
  const isLimited = !isOffline || realm['offlineSessionMaxLifespanEnabled'] === true
  const longest = isLimited ? secondsIn(realm, `${name}MaxLifespan`) : 0
  const ends = [
    ...(idle > 0 ? [lastUse + idle * 1000] : []),
    ...(longest > 0 ? [begun + longest * 1000] : []),
  ]
  return ends.length > 0 ? Math.min(...ends) : Number.MAX_SAFE_INTEGER
}

/** The notes of a session, in JSON text. */
function notesOf(row: Row): Record<string, unknown> {
  try {
    const data: unknown = isObject(row['data']) ? row['data'] : JSON.parse(String(row['data']))
    const notes = isObject(data) ? data['notes'] : undefined
    return isObject(notes) ? notes : {}
  } catch {
    return {}
  }
}

const askedScopes = (row: Row): string[] =>
  (textIn(notesOf(row)['scope']) ?? '').split(' ').filter(Boolean)

function authTimeOf(user: Row): number | undefined {
  const seconds = Number(notesOf(user)['AUTH_TIME'])
  return seconds > 0 ? Math.floor(seconds) : undefined
}

/** The default scopes of a client, without those that tokens do not name. */
function usualScopes(realm: Row): (client: Row) => string[] {
  const named = new Set(
    objectsIn({ path: 'clientScopes', value: realm['clientScopes'] ?? [] })
      .filter(({ attributes }) => !isObject(attributes) || attributes[inTokens] !== 'false')
      .map(({ name }) => name),
  )
  return (client) => textsIn(client['defaultClientScopes']).filter((name) => named.has(name))
}
const inTokens = 'include.in.token.scope'

/**
 * Offline sessions outlast others, so each client that has some gets their lifetime. The maximum
 * lifetime of the service becomes one of the other clients.
 */
export function withOfflineLifetimes(
  clients: readonly MigratedClient[],
  offline: ReadonlySet<unknown>,
  { idle, longest }: { idle: number | undefined; longest: number | undefined },
): void {
  for (const { identifier, settings } of clients) {
    const wanted: Record<string, number | undefined> = offline.has(identifier)
      ? {
          'ext.lifespan.authorization_code.refresh_token': idle,
          'ext.lifespan.refresh_token.refresh_token': idle,
        }
      : { 'ext.refresh.max_lifetime': longest }
    addAttributes(settings, wanted)
  }
}

function addAttributes(settings: Settings, wanted: Record<string, number | undefined>): void {
  const attributes = (settings['attributes'] as { key: string; value: string }[] | undefined) ?? []
  const known = new Set(attributes.map(({ key }) => key))
  const more = Object.entries(wanted).flatMap(([key, value]) =>
    value && !known.has(key) ? [{ key, value: String(value) }] : [],
  )
  if (more.length > 0) settings['attributes'] = [...attributes, ...more]
}
