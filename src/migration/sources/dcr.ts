/** Documents of dynamic client registration, RFC 7591 §3.2.1, as any server returns them. */
import { acceptedClients, identified, secretOf } from '../client.ts'
import { type Input, numberIn, objectsIn } from '../input.ts'
import {
  clientTypeOf,
  metadataSettings,
  registeredDefaults,
  requestable,
  requestableScopes,
} from '../metadata.ts'
import {
  keyFrom,
  keyMaker,
  type MigratedClient,
  type Migration,
  type Order,
  type Settings,
} from '../migration.ts'
import { createReport, type Properties, propertiesOf } from '../report.ts'
import { acceptedService, serviceFor } from '../service.ts'

export async function migrateDocuments(inputs: readonly Input[], order: Order): Promise<Migration> {
  const report = createReport()
  const keyOf = keyMaker()
  const clients = inputs.flatMap(objectsIn).map((document, at): MigratedClient => {
    const key = keyOf(String(document['client_id'] ?? ''), `client-${at + 1}`)
    const source = propertiesOf(report, `client ${key}`, document)
    const client = registeredClient(source)
    source.end(() => 'It is no client metadata that Postern knows.')
    return { key, ...client }
  })
  const drafted = serviceFor(order, clients, {}, report)
  const { service, secrets } = await acceptedService(drafted, {}, report)
  return {
    source: 'RFC 7591 documents',
    key: order.key ?? keyFrom(order.name ?? '') ?? 'imported',
    service,
    secrets,
    clients: await acceptedClients(clients, service, report),
    tokens: [],
    grantedScopes: [],
    report,
  }
}

/** A client of metadata, with its identifier, its secret, and what registration made. */
export function registeredClient(source: Properties): Omit<MigratedClient, 'key'> {
  const { identifier, ...named } = identified(source, 'client_id')
  const scopes = requestableScopes(source)
  const metadata = metadataSettings(source)
  const settings: Settings = {
    ...registeredDefaults,
    ...named,
    clientType: clientTypeOf(metadata),
    ...metadata,
    ...requestable(scopes),
  }
  const secret = secretOf(source, 'client_secret', settings)
  reportRegistration(source)
  return { identifier, settings, secret }
}

/** What the registration endpoint added, RFC 7591 §3.2.1 and RFC 7592 §3. */
export function reportRegistration(source: Properties): void {
  const expiry = numberIn(source.peek('client_secret_expires_at'))
  if (expiry) {
    source.decide(
      'client_secret_expires_at',
      `The secret expires at ${new Date(expiry * 1000).toISOString()} in the source. In Postern ` +
        'it does not: replace it before.',
    )
  } else {
    source.dropped('client_secret_expires_at', 'The secret does not expire, there and here.')
  }
  source.dropped('client_id_issued_at', 'Postern keeps the time when it created the client.')
  source.dropped('software_statement', 'Its claims are among the metadata since registration.')
  source.dropped('registration_client_uri', 'Your frontend serves the URI of registrations.')
  source.decide(
    'registration_access_token',
    'It ends: a client that is configured by a file does not manage its own registration.',
  )
}
