/**
 * Ory Hydra: the clients of `GET /admin/clients`, its configuration file, and the key sets of
 * `GET /admin/keys/{set}`. Which file is what, its members tell.
 */
import { isUrl } from '../../model/url.ts'
import { acceptedTokens } from '../accepted-tokens.ts'
import { acceptedClients } from '../client.ts'
import { durationSeconds } from '../duration.ts'
import { withFormats } from '../former-tokens.ts'
import { type Input, isObject, objectsIn, textsIn } from '../input.ts'
import {
  attributesOf,
  keyFrom,
  keyMaker,
  type MigratedClient,
  type Migration,
  type Order,
} from '../migration.ts'
import { createReport, type Properties, propertiesOf, type Report } from '../report.ts'
import { rowOf } from '../rows.ts'
import { acceptedService, serviceFor } from '../service.ts'
import { registeredClient } from './dcr.ts'
import { hydraService, wantsPkceOfPublic } from './hydra-configuration.ts'
import { hydraTokens, isTokenRow, systemKeys } from './hydra-tokens.ts'

export async function migrateHydra(inputs: readonly Input[], order: Order): Promise<Migration> {
  const report = createReport()
  const keyOf = keyMaker()
  const rows = inputs.flatMap(({ value }) =>
    (Array.isArray(value) ? value : [value]).filter(isObject).map(rowOf).filter(isTokenRow),
  )
  const isRows = ({ value }: Input) => {
    const [first] = Array.isArray(value) ? value : [value]
    return isObject(first) && isTokenRow(rowOf(first))
  }
  const isKeySet = ({ value }: Input) => isObject(value) && Array.isArray(value['keys'])
  const isClients = (input: Input) =>
    !isRows(input) &&
    (Array.isArray(input.value) ||
      (isObject(input.value) &&
        ('client_id' in input.value || Array.isArray(input.value['items']))))
  const clients = inputs
    .filter(isClients)
    .flatMap((input) =>
      // `hydra list clients --format json` has the list in a member.
      isObject(input.value) && Array.isArray(input.value['items'])
        ? objectsIn({ ...input, value: input.value['items'] })
        : objectsIn(input),
    )
    .map((client, at) => {
      const key = keyOf(String(client['client_id'] ?? ''), `client-${at + 1}`)
      return { key, ...hydraClient(propertiesOf(report, `client ${key}`, client)) }
    })
  const others = inputs.filter((input) => !isClients(input) && !isKeySet(input) && !isRows(input))
  const documents = others.flatMap(objectsIn)
  const former = formerOf(report, rows, documents)
  const jwks = keySetOf(inputs.filter(isKeySet), former.keys, report)
  const given = Object.assign({}, ...documents.map((one) => hydraService(report, one, former)))
  if (documents.some(wantsPkceOfPublic)) {
    for (const { settings } of clients) {
      if (settings['clientType'] === 'PUBLIC') settings['pkceRequired'] = true
    }
  }
  const drafted = withFormats(serviceFor(order, clients, given, report), [], former.formats)
  const { service, secrets } = await acceptedService(drafted, jwks ? { jwks } : {}, report)
  const accepted = await acceptedClients(clients, service, report)
  return {
    source: 'Ory Hydra',
    key: order.key ?? keyFrom(order.name ?? '') ?? 'hydra',
    service,
    secrets,
    clients: accepted,
    tokens: acceptedTokens(former.tokens, accepted, service, report),
    grantedScopes: [],
    report,
  }
}

/** All keys of the sets in one: each has an identifier of its own. */
function keySetOf(
  inputs: readonly Input[],
  former: readonly object[],
  report: Report,
): string | undefined {
  const known = new Set<unknown>()
  const keys = inputs.flatMap(({ path, value }) => {
    const found = (value as { keys: unknown[] }).keys.filter(isObject)
    return found.filter((key) => {
      const isKnown = known.has(key['kid'])
      known.add(key['kid'])
      const property = `keys.${String(key['kid'])}`
      const of = `keys ${path}`
      if (isKnown) {
        report.add({ of, property, outcome: 'dropped', note: 'Another file has the same key.' })
      } else {
        report.add({ of, property, outcome: 'taken', to: 'service.jwks' })
      }
      return !isKnown
    })
  })
  const all = [...keys, ...former]
  if (keys.length > 0) return JSON.stringify({ keys: all })
  report.add({
    of: 'service',
    property: 'keys',
    outcome: 'decide',
    note:
      'No key set was given: make keys with `keys: { managed: true }`, or pass the key sets ' +
      'hydra.openid.id-token and hydra.jwt.access-token, so that ID Tokens stay verifiable. If ' +
      'the file has `jwks` and managed keys, replace `jwks` by `{ keep: true }` after it was applied.',
  })
  return all.length > 0 ? JSON.stringify({ keys: all }) : undefined
}

function hydraClient(source: Properties): Omit<MigratedClient, 'key'> {
  const attributes = attributesOf({
    'ext.resources.allowed': audienceOf(source),
    'ext.cors_origins': originsOf(source),
    'ext.logout.skip_consent': flagOf(source, 'skip_logout_consent', 'ext.logout.skip_consent'),
    first_party: flagOf(source, 'skip_consent', 'first_party'),
    'ext.access_token.format': formatOf(source),
    ...lifespansOf(source),
  })
  const developer = source.changed('owner', 'developer', 'The owner is the developer.')
  const metadata = source.changed('metadata', 'customMetadata', 'The object becomes JSON text.')
  source.dropped('created_at', 'Postern keeps the time when it created the client.')
  source.dropped('updated_at', 'Postern keeps the time of the last change.')
  source.decide(
    'registration_access_token_signature',
    'It ends: a client that is configured by a file does not manage its own registration.',
  )
  const { identifier, settings, secret } = registeredClient(source)
  source.end()
  return {
    identifier,
    secret,
    settings: {
      ...settings,
      ...(typeof developer === 'string' ? { developer } : {}),
      ...(metadata === undefined ? {} : { customMetadata: JSON.stringify(metadata) }),
      ...(attributes.length > 0 ? { attributes } : {}),
    },
  }
}

function audienceOf(source: Properties): string | undefined {
  const all = textsIn(source.peek('audience'))
  // The attribute has words, and requests name resources by URI, RFC 8707 §2.
  const uris = all.filter((each) => isUrl(each) && !/\s/.test(each))
  const others = all.filter((each) => !uris.includes(each))
  const to = 'ext.resources.allowed'
  if (uris.length > 0) {
    source.changed('audience', to, 'Requests name it as `resource`, not as `audience`.')
  }
  if (others.length > 0) {
    source.decide(
      'audience',
      `A resource is a URI, so that these are left out: ${others.join(' ')}.`,
    )
  }
  source.dropped('audience', 'It has no text.')
  return uris.length > 0 ? uris.join(' ') : undefined
}

function originsOf(source: Properties): string | undefined {
  const origins = textsIn(source.peek('allowed_cors_origins'))
  const named = origins.filter((each) => !each.includes('*'))
  if (named.length > 0) {
    source.changed('allowed_cors_origins', 'ext.cors_origins', 'Your frontend sends the headers.')
  }
  if (named.length < origins.length) {
    source.decide('allowed_cors_origins', 'Origins with wildcards are left out: list each origin.')
  }
  return named.length > 0 ? named.join(' ') : undefined
}

const flagOf = (source: Properties, name: string, to: string): string | undefined =>
  source.peek(name) === true
    ? String(source.changed(name, to, 'It is an attribute.'))
    : void source.dropped(name, 'It is off, there and here.')

function formatOf(source: Properties): string | undefined {
  const value = source.peek('access_token_strategy')
  if (value === 'jwt' || value === 'opaque') {
    source.changed('access_token_strategy', 'ext.access_token.format', 'It is an attribute.')
    return value
  }
  source.decide('access_token_strategy', 'Postern knows opaque access tokens and JWTs.')
  return undefined
}

const grants: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['access_token', 'id_token', 'refresh_token'],
  client_credentials: ['access_token'],
  implicit: ['access_token', 'id_token'],
  jwt_bearer: ['access_token'],
  refresh_token: ['access_token', 'id_token', 'refresh_token'],
  device_authorization: ['access_token', 'id_token', 'refresh_token'],
}

/** Durations of one grant each. */
function lifespansOf(source: Properties): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {}
  for (const [grant, tokens] of Object.entries(grants)) {
    for (const token of tokens) {
      const name = `${grant}_grant_${token}_lifespan`
      const value = source.peek(name)
      const seconds = durationSeconds(value)
      const to = `ext.lifespan.${grant === 'device_authorization' ? 'device_code' : grant}.${token}`
      if (seconds) {
        source.changed(name, to, 'The duration is in seconds.')
        found[to] = String(seconds)
      } else {
        source.decide(name, 'It is no duration of at least a second: the service decides.')
      }
    }
  }
  return found
}

/** Live refresh tokens with the keys that verify them; none without the system secrets. */
function formerOf(
  report: Report,
  rows: readonly Record<string, unknown>[],
  documents: readonly Record<string, unknown>[],
) {
  const keys = rows.length > 0 ? systemKeys(documents) : []
  if (keys.length > 0) {
    const formats = [{ format: 'hydra', keys: keys.map(({ kid }) => kid) }]
    return { keys, formats, tokens: hydraTokens(report, rows, documents) }
  }
  report.add({
    of: 'tokens',
    property: 'hydra_oauth2_refresh',
    outcome: 'decide',
    note:
      'Name the rows of hydra_oauth2_refresh as JSON, and the configuration file with ' +
      '`secrets.system`, to take live refresh tokens along: a token is verified by the system ' +
      'secret. Without them, users log in again.',
  })
  return { keys, formats: [], tokens: [] }
}
