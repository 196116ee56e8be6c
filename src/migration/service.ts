/** The service that the clients of a former system need. */
import { ServiceDocument } from '../model/service/service.ts'
import { findServiceProblems } from '../oauth/service/settings.ts'
import { withoutPart } from './client.ts'
import type { MigratedClient, Order, Settings } from './migration.ts'
import type { Report } from './report.ts'

/** OIDC Core §5.4 and §11: the scopes that a service supports without a list. */
const standard = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/**
 * Settings for a new service, if its issuer is known: with the grant types, response types and
 * scopes that the clients have. Without, the clients are for a service that there is.
 */
export function serviceFor(
  { issuer, name }: Order,
  clients: readonly MigratedClient[],
  given: Settings,
  report: Report,
): Settings {
  const known = issuer ?? given['issuer']
  if (known === undefined) {
    report.add({
      of: 'service',
      property: 'issuer',
      outcome: 'decide',
      note:
        'The source does not tell the issuer. Name it with --issuer for a new service, or apply ' +
        'the file to a service with `clientIdAliasEnabled` and the scopes of the clients, by ' +
        '`postern apply --service`.',
    })
    return given
  }
  const attributes = given['attributes']
  const settings: Settings = {
    serviceName: name ?? given['serviceName'] ?? String(known),
    issuer: known,
    clientIdAliasEnabled: true,
    supportedGrantTypes: unionOf(clients, 'grantTypes', given['supportedGrantTypes']),
    supportedResponseTypes: unionOf(clients, 'responseTypes', given['supportedResponseTypes']),
    supportedScopes: scopesOf(clients, given['supportedScopes']),
    ...cibaOf(clients),
  }
  const { serviceName: _, issuer: __, ...rest } = given
  return { ...settings, ...withoutLists(rest), ...(attributes ? { attributes } : {}) }
}

const lists = ['supportedGrantTypes', 'supportedResponseTypes', 'supportedScopes']
const withoutLists = (settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !lists.includes(name)))

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const unionOf = (clients: readonly MigratedClient[], name: string, more: unknown): string[] => [
  ...new Set([...textsOf(more), ...clients.flatMap(({ settings }) => textsOf(settings[name]))]),
]

function scopesOf(clients: readonly MigratedClient[], more: unknown): Settings[] {
  const described = Array.isArray(more) ? (more as Settings[]) : []
  const names = clients.flatMap(({ settings: { extension } }) =>
    textsOf((extension as Settings | undefined)?.['requestableScopes']),
  )
  const known = new Set(described.map(({ name }) => name))
  const others = [...new Set([...standard, ...names])].filter((name) => !known.has(name))
  return [...described, ...others.map((name) => ({ name }))]
}

/** Without delivery modes, a service does no CIBA. */
function cibaOf(clients: readonly MigratedClient[]): Settings {
  const modes = clients.flatMap(({ settings: { bcDeliveryMode } }) =>
    typeof bcDeliveryMode === 'string' ? [bcDeliveryMode.toUpperCase()] : [],
  )
  return modes.length > 0 ? { supportedBackchannelTokenDeliveryModes: [...new Set(modes)] } : {}
}

/** What Postern accepts; what it would refuse is left out, and reported. */
export async function acceptedService(
  drafted: Settings,
  given: Readonly<Record<string, string>>,
  report: Report,
): Promise<{ service: Settings; secrets: Record<string, string> }> {
  const settings = await acceptedSettings({ ...drafted, ...given }, report)
  const isSecret = ([name]: [string, unknown]) => Object.hasOwn(given, name)
  const members = Object.entries(settings)
  return {
    service: Object.fromEntries(members.filter((member) => !isSecret(member))),
    secrets: Object.fromEntries(members.filter(isSecret)) as Record<string, string>,
  }
}

async function acceptedSettings(given: Settings, report: Report): Promise<Settings> {
  let settings = given
  for (let round = 0; round < 100; round++) {
    const problem = await firstProblem(settings)
    const less = problem && withoutPart(settings, problem)
    if (!problem) return settings
    const note = `It is left out, because Postern refuses it: ${problem.message}`
    report.add({ of: 'service', property: problem.path, outcome: 'decide', note })
    if (!less) return settings
    settings = less
  }
  return settings
}

async function firstProblem(settings: Settings) {
  const parsed = ServiceDocument.safeParse(settings)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { path: issue?.path.map(String).join('.') ?? '', message: issue?.message ?? '' }
  }
  return (await findServiceProblems(parsed.data, { now: 0 }))[0]
}
