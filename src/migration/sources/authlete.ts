/**
 * Authlete 3.0, and another Postern: responses of `/service/get`, `/client/get/list`,
 * `/auth/token/get/list` and `/client/granted_scopes/get`. Which is which, their members tell.
 */
import type { z } from 'zod'
import { ClientDocument } from '../../model/client/client.ts'
import { ServiceDocument, serviceSecrets } from '../../model/service/service.ts'
import { RemoteError } from '../../remote/failure.ts'
import { acceptedTokens } from '../accepted-tokens.ts'
import { acceptedClients, identified, secretOf } from '../client.ts'
import { type Input, isObject, objectsIn } from '../input.ts'
import {
  keyFrom,
  keyMaker,
  type MigratedClient,
  type Migration,
  type Order,
  type Settings,
} from '../migration.ts'
import { createReport, type Properties, propertiesOf, type Report } from '../report.ts'
import { acceptedService } from '../service.ts'
import { authleteScopes, authleteTokens } from './authlete-tokens.ts'

export async function migrateAuthlete(inputs: readonly Input[], order: Order): Promise<Migration> {
  const report = createReport()
  const { services, clients: listed, tokens, granted } = sorted(inputs)
  const [given] = services
  if (!given || services.length > 1) {
    throw new RemoteError('usage', 'Name the files of one service: /service/get and the lists.')
  }
  const drafted = serviceSettings(report, given, order)
  const keyOf = keyMaker()
  const clients = listed.map((client, at): MigratedClient => {
    const alias = client['clientIdAliasEnabled'] ? client['clientIdAlias'] : undefined
    const key = keyOf(String(alias ?? client['clientId'] ?? ''), `client-${at + 1}`)
    return { key, ...authleteClient(propertiesOf(report, `client ${key}`, client)) }
  })
  const { service, secrets } = await acceptedService(drafted.settings, drafted.secrets, report)
  const accepted = await acceptedClients(clients, service, report)
  const known = new Map(accepted.map(({ identifier }) => [identifier, identifier]))
  const name = order.name ?? String(given['serviceName'] ?? '')
  return {
    source: 'Authlete',
    key: order.key ?? keyFrom(name) ?? 'authlete',
    service,
    secrets,
    clients: accepted,
    tokens: acceptedTokens(authleteTokens(report, tokens, known), accepted, service, report),
    grantedScopes: authleteScopes(report, granted, known),
    report,
  }
}

function sorted(inputs: readonly Input[]) {
  type Objects = Record<string, unknown>[]
  const found = {
    services: [] as Objects,
    clients: [] as Objects,
    tokens: [] as Objects,
    granted: [] as Objects,
  }
  const into = (place: Objects, path: string, value: unknown) => {
    place.push(...objectsIn({ path, value }))
  }
  for (const input of inputs) {
    for (const one of objectsIn(input)) {
      const { path } = input
      const lists = ['accessTokens', 'refreshTokens'].filter((name) => Array.isArray(one[name]))
      if (Array.isArray(one['clients'])) into(found.clients, path, one['clients'])
      else if (lists.length > 0) for (const name of lists) into(found.tokens, path, one[name])
      else if ('accessTokenHash' in one || 'refreshTokenHash' in one) found.tokens.push(one)
      else if ('mergedGrantedScopes' in one) found.granted.push(one)
      else if ('apiKey' in one || 'serviceName' in one) found.services.push(one)
      else if ('clientId' in one) found.clients.push(one)
      else throw new RemoteError('usage', `${path}: This is no response of the API that is known.`)
    }
  }
  return found
}

const ofAccount = 'It is about the account, or read-only.'
const readOnly: Readonly<Record<string, string>> = {
  number: 'Postern numbers services and clients itself.',
  serviceNumber: 'Postern numbers services and clients itself.',
  apiKey: 'Postern gives the service an ID: your frontend changes its setting.',
  apiSecret: 'Make an API token of Postern for your frontend.',
  serviceOwnerNumber: ofAccount,
  organization: ofAccount,
  createdAt: 'Postern keeps the time when it created it.',
  modifiedAt: 'Postern keeps the time of the last change.',
  lastUsedAt: 'It is read-only.',
  derivedSectorIdentifier: 'Postern derives it from the redirect URIs.',
  dynamicallyRegistered: 'A client that is configured by a file is no registered one.',
  clientSource: 'A client that is configured by a file is no registered one.',
  registrationAccessTokenHash:
    'It ends: a client that is configured by a file does not manage its own registration.',
  hsks: 'Keys in modules are created in Postern: the keys themselves do not move.',
  resultCode: 'It is about the response.',
  resultMessage: 'It is about the response.',
  clientSecretExpiresAt: 'In Postern the secret does not expire: replace it before.',
  rotatedClientSecretExpiresAt: 'Only the current secret is taken.',
}

function serviceSettings(report: Report, given: Record<string, unknown>, order: Order) {
  const source = propertiesOf(report, 'service', given)
  const secrets: Record<string, string> = {}
  for (const name of serviceSecrets) {
    const value = source.peek(name)
    if (name === 'apiSecret' || typeof value !== 'string') continue
    source.changed(name, `service.${name}`, 'It is in a file of its own, which the settings name.')
    secrets[name] = value
  }
  if (source.peek('jwks') === undefined) {
    source.missing(
      'jwks',
      'The export has no keys: read it with the right to see private keys, or make keys with ' +
        '`keys: { managed: true }`.',
    )
  }
  const settings = sameSettings(source, ServiceDocument.shape)
  source.end((name) => readOnly[name] ?? 'Postern has no such setting.')
  const { issuer = settings['issuer'], name = settings['serviceName'] } = order
  return {
    settings: { ...settings, clientIdAliasEnabled: true, serviceName: name, issuer },
    secrets,
  }
}

function authleteClient(source: Properties): Omit<MigratedClient, 'key'> {
  const alias = source.peek('clientIdAlias')
  const { newClientId, identifier } = identified(source, 'clientId')
  const settings: Settings = {
    ...(newClientId === undefined ? {} : { newClientId }),
    ...sameSettings(source, ClientDocument.shape),
  }
  // An alias of digits would be an ID.
  if (/^\d+$/.test(String(alias))) {
    delete settings['clientIdAlias']
    source.dropped('clientIdAlias', 'An alias must not consist of digits only.')
  }
  const secret = secretOf(source, 'clientSecret', settings)
  source.end((name) => readOnly[name] ?? 'Postern has no such setting.')
  return { identifier, settings, secret }
}

type Shape = Readonly<Record<string, z.ZodType>>

/** The settings of the same name, with values that Postern knows. */
function sameSettings(source: Properties, shape: Shape): Settings {
  const settings: Settings = {}
  for (const name of source.left()) {
    const value = withoutNulls(source.peek(name))
    const schema = shape[name]
    if (value === undefined || !schema || name in readOnly) continue
    const parsed = schema.safeParse(value)
    if (parsed.success) {
      const kept = withoutKeys(name, value)
      if (kept === value) source.taken(name, name)
      else source.changed(name, name, 'Without those that a file of configuration sets.')
      settings[name] = kept
    } else {
      const [issue] = parsed.error.issues
      source.decide(name, `It is left out, because Postern refuses it: ${issue?.message}.`)
    }
  }
  return settings
}

/** Another Postern has attributes that name its own file. */
function withoutKeys(name: string, value: unknown): unknown {
  if (name !== 'attributes' || !Array.isArray(value)) return value
  const kept = value.filter(({ key }: { key: string }) => !key.startsWith('ext.config.'))
  return kept.length < value.length ? kept : value
}

/** Authlete writes members without a value as null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const members = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]))
}
