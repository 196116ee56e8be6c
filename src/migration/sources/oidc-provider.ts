/**
 * node-oidc-provider: its configuration in JSON with static clients, and rows of its adapter. The
 * value of an opaque token is its identifier, so that tokens come along by their hashes.
 */
import { acceptedTokens } from '../accepted-tokens.ts'
import { acceptedClients } from '../client.ts'
import { type Input, isObject, objectsIn } from '../input.ts'
import { keyFrom, keyMaker, type MigratedClient, type Migration, type Order } from '../migration.ts'
import { createReport, propertiesOf } from '../report.ts'
import { acceptedService, serviceFor } from '../service.ts'
import { registeredClient } from './dcr.ts'
import { providerKeys, providerSettings } from './oidc-provider-configuration.ts'
import { grantedByRows, type Row, rowOf, tokensOfRows } from './oidc-provider-rows.ts'

export async function migrateProvider(inputs: readonly Input[], order: Order): Promise<Migration> {
  const report = createReport()
  const rows: Row[] = []
  const documents: Record<string, unknown>[] = []
  const listed: Record<string, unknown>[] = []
  for (const one of inputs.flatMap(objectsIn)) {
    const row = rowOf(one)
    if (row?.kind === 'Client') listed.push(row.payload)
    else if (row) rows.push(row)
    else if (typeof one['client_id'] === 'string') listed.push(one)
    else documents.push(one)
  }
  const configured = documents.flatMap(({ clients }) =>
    Array.isArray(clients) ? clients.filter(isObject) : [],
  )
  const keyOf = keyMaker()
  const clients = [...configured, ...listed].map((client, at): MigratedClient => {
    const key = keyOf(String(client['client_id'] ?? ''), `client-${at + 1}`)
    const source = propertiesOf(report, `client ${key}`, client)
    const registered = registeredClient(source)
    source.dropped('kind', 'It is about the row of the adapter.')
    source.end(() => 'It is no client metadata that Postern knows.')
    return { key, ...registered }
  })
  const tokens = tokensOfRows(report, rows)
  const given = providerSettings(report, documents, order.issuer)
  const scopes = tokens.flatMap((token) => token.scopes)
  const drafted = withScopes(serviceFor(order, clients, given, report), scopes)
  const jwks = providerKeys(report, documents)
  const { service, secrets } = await acceptedService(drafted, jwks ? { jwks } : {}, report)
  const accepted = await acceptedClients(clients, service, report)
  const known = new Set(accepted.map(({ identifier }) => identifier))
  return {
    source: 'node-oidc-provider',
    key: order.key ?? keyFrom(order.name ?? '') ?? 'provider',
    service,
    secrets,
    clients: accepted,
    tokens: acceptedTokens(tokens, accepted, service, report),
    grantedScopes: grantedByRows(report, rows).filter((each) => known.has(each.clientIdentifier)),
    report,
  }
}

/** Scopes of tokens that no client and no configuration names. */
function withScopes(settings: Record<string, unknown>, scopes: readonly string[]) {
  const supported = settings['supportedScopes'] as { name: string }[] | undefined
  if (supported === undefined) return settings
  const known = new Set(supported.map(({ name }) => name))
  const others = [...new Set(scopes)].filter((name) => !known.has(name))
  return { ...settings, supportedScopes: [...supported, ...others.map((name) => ({ name }))] }
}
