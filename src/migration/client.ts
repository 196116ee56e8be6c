/** Clients of the former system as clients of Postern: their identifiers, secrets, and checks. */
import { ClientDocument } from '../model/client/client.ts'
import { isNumericId } from '../model/primitives.ts'
import { Service } from '../model/service/service.ts'
import type { Problem } from '../oauth/property-problem.ts'
import { findClientProblems } from '../oauth/registration/client-rules.ts'
import { usesSecret } from './metadata.ts'
import type { MigratedClient, Settings } from './migration.ts'
import type { Properties, Report } from './report.ts'

/**
 * The identifier that the client goes on with: a number becomes its ID, any other text its alias.
 */
export function identified(source: Properties, name: string): Settings & { identifier: string } {
  const identifier = String(source.peek(name) ?? '')
  if (/^\d+$/.test(identifier)) {
    if (isNumericId(identifier) && Number.isSafeInteger(Number(identifier))) {
      source.changed(name, 'newClientId', 'A number is the ID of the client.')
      return { identifier, newClientId: Number(identifier) }
    }
    source.decide(name, 'No ID of Postern has so many digits: the client gets a new one.')
    return { identifier }
  }
  if (identifier === '') {
    source.missing(name, 'The client has no identifier: it gets a new one.')
    return { identifier }
  }
  if (/^[\x20-\x7e]{1,255}$/.test(identifier)) {
    source.changed(name, 'clientIdAlias', 'The client may use its alias as client_id.')
    return { identifier, clientIdAlias: identifier, clientIdAliasEnabled: true }
  }
  source.decide(name, 'An alias has at most 255 printable ASCII characters: give it a new one.')
  return { identifier }
}

const hashes = /^(\$2[abxy]?\$|\$pbkdf2|\$scrypt|\$argon2|\{[A-Z0-9-]+\})/i

/** The secret in clear. A hash of one cannot be verified by Postern. */
export function secretOf(source: Properties, name: string, settings: Settings): string | undefined {
  const value = source.peek(name)
  if (typeof value !== 'string') {
    if (usesSecret(settings)) source.missing(name, newSecret('The source does not tell it'))
    else source.dropped(name, 'It is no text.')
    return undefined
  }
  if (hashes.test(value)) {
    source.decide(name, newSecret('The source has a hash of it only'))
    return undefined
  }
  if (settings['clientType'] === 'PUBLIC' && !usesSecret(settings)) {
    source.dropped(name, 'A public client has no secret.')
    return undefined
  }
  source.changed(name, 'clientSecret', 'It is in a file of its own, which the settings name.')
  return value
}

const newSecret = (why: string) =>
  `${why}: \`postern apply\` makes a new secret and keeps it in a file. Give it to the client, or ` +
  'let the client authenticate with a key.'

/** The clients that Postern accepts; what it would refuse is left out, and reported. */
export async function acceptedClients(
  clients: readonly MigratedClient[],
  service: Settings,
  report: Report,
): Promise<MigratedClient[]> {
  const checkedFor = Service.parse({
    serviceName: 'imported',
    ...service,
    number: 1,
    apiKey: 1,
    createdAt: 0,
    modifiedAt: 0,
  })
  const accepted: MigratedClient[] = []
  const known = new Set<string>()
  for (const client of clients) {
    const { identifier } = client
    if (identifier !== '' && known.has(identifier)) {
      const note = `The client is left out: another one has the identifier ${identifier}.`
      report.add({ of: `client ${client.key}`, property: 'client_id', outcome: 'decide', note })
      continue
    }
    known.add(identifier)
    const settings = await acceptedSettings(client, checkedFor, report)
    if (settings) accepted.push({ ...client, settings })
  }
  return accepted
}

/** More problems than this have no end. */
const mostProblems = 300

async function acceptedSettings(
  { key, settings: given }: MigratedClient,
  service: Service,
  report: Report,
): Promise<Settings | undefined> {
  let settings = given
  const of = `client ${key}`
  for (let round = 0; round < mostProblems; round++) {
    const problem = await firstProblem(settings, service)
    if (!problem) return settings
    const less = withoutPart(settings, problem)
    const note = less
      ? `It is left out, because Postern refuses it: ${problem.message}`
      : `The client is left out, because Postern refuses it: ${problem.message}`
    report.add({ of, property: problem.path, outcome: 'decide', note })
    if (!less) return undefined
    settings = less
  }
  return undefined
}

async function firstProblem(settings: Settings, service: Service): Promise<Problem | undefined> {
  const { newClientId: _, ...document } = settings
  const parsed = ClientDocument.safeParse(document)
  if (parsed.success) return (await findClientProblems(parsed.data, service, anyKeys))[0]
  const [issue] = parsed.error.issues
  return { path: issue?.path.map(String).join('.') ?? '', message: issue?.message ?? '' }
}

const anyKeys = { publicOnly: false }

/** The settings without what a problem is about; undefined if that is not there. */
export function withoutPart(settings: Settings, { path, message }: Problem): Settings | undefined {
  const [name = '', at] = path.split('.')
  const value = settings[name]
  if (value === undefined) return undefined
  const isOther = otherThan(name, at, message)
  const less = Array.isArray(value) && isOther ? value.filter(isOther) : undefined
  if (less && less.length < (value as unknown[]).length) return { ...settings, [name]: less }
  const { [name]: _, ...rest } = settings
  return rest
}

/** Problems of lists name a place, or the attribute. */
function otherThan(name: string, at: string | undefined, message: string) {
  if (at !== undefined && /^\d+$/.test(at)) {
    return (_: unknown, index: number) => index !== Number(at)
  }
  const [, attribute] = /^The attribute (\S+) must/.exec(message) ?? []
  if (name !== 'attributes' || attribute === undefined) return undefined
  return (pair: unknown) => (pair as { key?: unknown }).key !== attribute
}
