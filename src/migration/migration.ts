/** What an import makes of the former system, before it is written to files. */

import { isConfigurationKey } from '../model/configuration/parts.ts'
import type { GrantType } from '../model/enums.ts'
import type { FormerFormat } from '../oauth/tokens/former/setting.ts'
import type { Report } from './report.ts'

export type Settings = Record<string, unknown>

export interface MigratedClient {
  key: string
  /** How tokens name the client: the identifier that it had. */
  identifier: string
  settings: Settings
  /** The secret in clear. Without one, Postern makes a new one. */
  secret?: string | undefined
}

export interface HashedToken {
  hash: string
  former?: undefined
  expiresAt: number
}

/** A token by what the former system stored of it, as `/auth/token/import` takes it. */
export interface FormerToken {
  hash?: undefined
  former: { format: FormerFormat; identifier: string }
  expiresAt: number
}

/** An entry of `POST /auth/token/import`. */
export interface MigratedTokens {
  clientIdentifier: string
  grantType: GrantType
  subject?: string | undefined
  scopes: string[]
  resources?: string[] | undefined
  properties?: { key: string; value: string; hidden?: boolean }[] | undefined
  acr?: string | undefined
  authTime?: number | undefined
  certificateThumbprint?: string | undefined
  dpopKeyThumbprint?: string | undefined
  createdAt?: number | undefined
  accessToken?: HashedToken | undefined
  refreshToken?: HashedToken | undefined
}

/** The same, where the former system has no SHA-256 of refresh tokens. */
export type MigratedFormerTokens = Omit<MigratedTokens, 'refreshToken'> & {
  refreshToken: HashedToken | FormerToken
}

export interface MigratedScopes {
  clientIdentifier: string
  subject: string
  scopes: string[]
}

export interface Migration {
  /** The former system, such as `Ory Hydra`. */
  source: string
  key: string
  /** Without settings, the clients are for a service that there is. */
  service: Settings
  /** Settings of the service that are secrets, such as its key set as JSON text. */
  secrets: Record<string, string>
  clients: MigratedClient[]
  tokens: (MigratedTokens | MigratedFormerTokens)[]
  grantedScopes: MigratedScopes[]
  report: Report
}

/** What a person tells the import, because no source says so. */
export interface Order {
  key: string | undefined
  issuer: string | undefined
  name: string | undefined
}

/** Makes keys of configuration out of names; no two are the same. */
export function keyMaker(): (name: string, otherwise: string) => string {
  const known = new Set<string>()
  return (name, otherwise) => {
    const begun = keyFrom(name) ?? otherwise
    for (let at = 1; ; at++) {
      const key = at === 1 ? begun : `${begun.slice(0, 56)}-${at}`
      if (known.has(key)) continue
      known.add(key)
      return key
    }
  }
}

export function keyFrom(name: string): string | undefined {
  const text = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '')
    .slice(0, 60)
  return isConfigurationKey(text) ? text : undefined
}

/** Attributes as a list; those without a value are omitted. */
export const attributesOf = (pairs: Readonly<Record<string, string | undefined>>) =>
  Object.entries(pairs).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
