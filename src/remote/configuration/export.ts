/** Writes the file of a service that there is: without defaults, secrets, and what is read-only. */
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import { ClientDocument } from '../../model/client/client.ts'
import { isConfigurationKey } from '../../model/configuration/parts.ts'
import { ServiceDocument, serviceSecrets } from '../../model/service/service.ts'
import { ask, type Json } from '../call.ts'
import type { Connection } from '../contexts.ts'

const page = 100
/** Attributes that the commands write themselves. */
const ownAttributes = ['ext.config.key', 'ext.config.digest', 'ext.config.managedBy']

interface Exported {
  document: Json
  /** What is not in the document, as sentences. */
  left: string[]
}

/** The text of the file; `tell` is called with the number of clients that were read. */
export async function exportFile(
  connection: Connection,
  serviceId: string,
  tell: (done: number, total: number) => void,
): Promise<string> {
  const service = await ask(connection, { method: 'GET', path: `/api/${serviceId}/service/get` })
  const { document, left } = exportedService(service)
  const items: Json[] = []
  let registered = 0
  const keys = new Set<string>()
  for (let start = 0, total = 1; start < total; start += page) {
    const path = `/api/${serviceId}/client/get/list?start=${start}&end=${start + page}`
    const found = await ask(connection, { method: 'GET', path })
    total = found.totalCount
    for (const client of found.clients) {
      if (isRegistered(client)) registered += 1
      else items.push(exportedClient(client, keys, left))
    }
    tell(Math.min(start + page, total), total)
  }
  if (registered > 0) left.push(`${registered} clients that registered themselves`)
  const secrets = items.length > 0 ? ['the secrets of clients'] : []
  const named = [...secrets, ...left].map((line) => `#   ${line}\n`).join('')
  const head = `# yaml-language-server: $schema=./node_modules/postern/schema/service.json\n`
  const comment = named === '' ? '' : `# Not in this file:\n${named}`
  const clients = items.length > 0 ? { clients: { items } } : {}
  return head + comment + stringify({ postern: 1, service: document, ...clients })
}

const isRegistered = (client: Json): boolean =>
  client.dynamicallyRegistered ||
  client.discoveredByMetadataDocument ||
  client.automaticallyRegistered ||
  client.explicitlyRegistered

function exportedService(service: Json): Exported {
  const names = Object.keys(ServiceDocument.shape)
  const isSecret = (name: string) => serviceSecrets.some((secret) => secret === name)
  const left = names
    .filter((name) => (isSecret(name) || name === 'hsks') && service[name] !== undefined)
    .map((name) => `service.${name}`)
  const settings = settingsOf(
    service,
    names.filter((name) => !(isSecret(name) || name === 'hsks')),
    ServiceDocument.parse({}),
  )
  const metadata = settings.credentialIssuerMetadata
  if (metadata?.credentialRequestEncryptionJwks !== undefined) {
    const { credentialRequestEncryptionJwks: _, ...rest } = metadata
    settings.credentialIssuerMetadata = rest
    left.push('service.credentialIssuerMetadata.credentialRequestEncryptionJwks')
  }
  const key = attributeOf(service, 'ext.config.key') ?? keyFrom(service.serviceName, 'service')
  return { document: { key, ...settings }, left }
}

function exportedClient(client: Json, keys: Set<string>, left: string[]): Json {
  const own = attributeOf(client, 'ext.config.key')
  const begun = own ?? keyFrom(client.clientIdAlias ?? client.clientName, 'client')
  const key = keys.has(begun) ? `${begun.slice(0, 45)}-${client.clientId}` : begun
  keys.add(key)
  const names = Object.keys(ClientDocument.shape).filter(
    (name) => !['jwks', 'registrationAccessTokenHash', 'clientSource'].includes(name),
  )
  const settings = settingsOf(client, names, ClientDocument.parse({}))
  if (hasPrivateKeys(client.jwks)) left.push(`clients.${key}.jwks`)
  const source = client.clientSource === 'STATIC_REGISTRATION' ? undefined : client.clientSource
  return {
    key,
    ...(own === undefined ? { clientId: client.clientId } : {}),
    ...settings,
    ...(source === undefined ? {} : { clientSource: source }),
    ...(client.jwks === undefined
      ? {}
      : { jwks: hasPrivateKeys(client.jwks) ? { keep: true } : client.jwks }),
  }
}

/** The settings that are not the default, in the order of the documentation. */
function settingsOf(document: Json, names: readonly string[], defaults: Json): Json {
  const given: Json = { ...document, attributes: attributesOf(document) }
  const kept = names.filter(
    (name) => given[name] !== undefined && !isDeepStrictEqual(given[name], defaults[name]),
  )
  return Object.fromEntries(kept.map((name) => [name, given[name]]))
}

function attributesOf({ attributes = [] }: Json): Json[] | undefined {
  const own = attributes.filter(
    ({ key, value }: Json) =>
      !ownAttributes.includes(key) || (key === 'ext.config.managedBy' && value !== 'file'),
  )
  return own.length > 0 ? own : undefined
}

const attributeOf = ({ attributes = [] }: Json, name: string): string | undefined =>
  attributes.find(({ key }: Json) => key === name)?.value

/** A key made of a name, such as `acme-production`. */
function keyFrom(name: unknown, otherwise: string): string {
  const text = String(name ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return isConfigurationKey(text) ? text : otherwise
}

function hasPrivateKeys(text: unknown): boolean {
  if (typeof text !== 'string') return false
  try {
    const { keys } = JSON.parse(text)
    return !Array.isArray(keys) || keys.some((key: Json) => 'd' in key || 'k' in key)
  } catch {
    return true
  }
}
