/**
 * Tokens of another system, by their hashes. A hash is imported once: it is claimed in the commit
 * that stores the token, so that a repeated import revives no token that was replaced or revoked
 * since.
 */
import { identifyClient } from '../../clients/authenticate.ts'
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import { Grant, type Property } from '../../model/grant.ts'
import type { NamedBy } from '../../model/named-by.ts'
import { keepScopes } from '../../oauth/scope.ts'
import { refuseCaller } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { newFamilyId } from '../family.ts'
import { importRules } from './rules.ts'

export interface HashedToken {
  /** The SHA-256 of the token as base64url, which is the key of a stored token. */
  hash: string
  /** In milliseconds. */
  expiresAt: number
}

/** The tokens of one authorization. */
export interface TokensToImport {
  clientIdentifier: string
  grantType: GrantType
  subject?: string | undefined
  scopes: string[]
  properties?: Property[] | undefined
  resources?: string[] | undefined
  acr?: string | undefined
  authTime?: number | undefined
  certificateThumbprint?: string | undefined
  dpopKeyThumbprint?: string | undefined
  /** In milliseconds. */
  createdAt?: number | undefined
  accessToken?: HashedToken | undefined
  refreshToken?: HashedToken | undefined
}

export interface Importable {
  client: Client
  /** Claims of hashes, which come first in a commit: each fails it if it was claimed before. */
  claims: { hash: string; write: Write }[]
  rows: Write[]
}

type Outcome = Importable | 'present' | 'expired'

const kind = 'imported-token'

/** What is to be stored for an entry; `at` names it in a refusal. */
export async function preparedImport(
  context: ServiceContext,
  given: TokensToImport,
  at: string,
): Promise<Outcome> {
  const { service, now } = context
  const { clientIdentifier, grantType, scopes } = given
  if (!given.accessToken && !given.refreshToken) refuseCaller(importRules.nothingGiven, `${at}.`)
  const isOfClient = grantType === 'CLIENT_CREDENTIALS'
  if (!given.subject && !isOfClient) refuseCaller(importRules.subjectMissing, `${at}.`)
  if (given.refreshToken && isOfClient) refuseCaller(importRules.refreshOfClient, `${at}.`)
  const { client, namedBy } = await clientToImportFor(context, clientIdentifier, at)
  const kept = keepScopes(scopes, service, client)
  const missing = scopes.find((scope) => !kept.includes(scope))
  if (missing !== undefined) refuseCaller(importRules.scopeUnsupported, `${at}: ${missing}.`)
  const live = {
    accessToken: isLive(given.accessToken, now) ? given.accessToken : undefined,
    refreshToken: isLive(given.refreshToken, now) ? given.refreshToken : undefined,
  }
  if (!live.accessToken && !live.refreshToken) return 'expired'
  if (await isKnown(context, live)) return 'present'
  return { client, ...writesFor(context, { ...given, ...live, scopes: kept }, client, namedBy) }
}

export async function clientToImportFor(context: ServiceContext, named: string, at: string) {
  const found = await identifyClient(context, named)
  return found ?? refuseCaller(importRules.clientUnknown, `${at}: ${named.slice(0, 100)}.`)
}

const isLive = (token: HashedToken | undefined, now: number): boolean =>
  token !== undefined && token.expiresAt > now

type Live = Pick<TokensToImport, 'accessToken' | 'refreshToken'>

/** Whether one of the tokens is stored, or was replaced by a refresh. */
async function isKnown(
  { store, service: { apiKey } }: ServiceContext,
  { accessToken, refreshToken }: Live,
): Promise<boolean> {
  const found = await Promise.all([
    accessToken && store.accessTokens.find(apiKey, accessToken.hash),
    refreshToken && store.refreshTokens.find(apiKey, refreshToken.hash),
    refreshToken && store.refreshTokens.findPredecessor(apiKey, refreshToken.hash),
  ])
  return found.some((row) => row !== undefined)
}

/** An entry that was imported before, and whose tokens are gone since. */
export class ImportedBefore extends Error {}

function writesFor(
  context: ServiceContext,
  given: TokensToImport,
  client: Client,
  namedBy: NamedBy,
) {
  const { store, service, now } = context
  const { accessToken, refreshToken, grantType } = given
  const serviceId = service.apiKey
  const before = new ImportedBefore('The tokens were imported before.')
  const claim = ({ hash, expiresAt }: HashedToken) => ({
    hash,
    write: orRefuse(store.replays.claim(serviceId, kind, hash, expiresAt), before),
  })
  const grant = grantOf(given, namedBy)
  const createdAt = Math.min(given.createdAt ?? now, now)
  const row = {
    serviceId,
    familyId: newFamilyId(context),
    clientId: client.clientId,
    subject: grantType === 'CLIENT_CREDENTIALS' ? undefined : given.subject,
    sessionId: undefined,
    offline: grant.scopes.includes('offline_access'),
    createdAt,
  }
  const access =
    accessToken &&
    store.accessTokens.insertIfClientExists({
      ...row,
      tokenHash: accessToken.hash,
      expiresAt: accessToken.expiresAt,
      data: { grantType, grant, forExternalAttachment: false },
    })
  const refresh =
    refreshToken &&
    store.refreshTokens.insert({
      ...row,
      tokenHash: refreshToken.hash,
      expiresAt: refreshToken.expiresAt,
      data: {
        grantType,
        grant,
        durationSeconds: Math.ceil((refreshToken.expiresAt - createdAt) / 1000),
      },
    })
  return {
    claims: [accessToken, refreshToken].flatMap((token) => (token ? [claim(token)] : [])),
    rows: [access, refresh].flatMap((write) => (write ? [orRefuse(write, before)] : [])),
  }
}

const grantOf = (given: TokensToImport, namedBy: NamedBy): Grant =>
  Grant.parse({
    scopes: given.scopes,
    properties: given.properties,
    resources: given.resources,
    acr: given.acr,
    authTime: given.authTime,
    certificateThumbprint: given.certificateThumbprint,
    dpopThumbprint: given.dpopKeyThumbprint,
    namedBy,
  })
