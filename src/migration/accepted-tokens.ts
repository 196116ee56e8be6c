/** Tokens that the service will take: with scopes that it supports, and the client may request. */
import { StoredClient } from '../model/client/client.ts'
import { Service } from '../model/service/service.ts'
import { keepScopes } from '../oauth/scope.ts'
import type { MigratedClient, MigratedFormerTokens, MigratedTokens, Settings } from './migration.ts'
import type { Report } from './report.ts'

const readOnly = { number: 1, createdAt: 0, modifiedAt: 0 }

/** The import of tokens refuses a whole call, so that what does not fit is left out here. */
export function acceptedTokens<T extends MigratedTokens | MigratedFormerTokens>(
  tokens: readonly T[],
  clients: readonly MigratedClient[],
  settings: Settings,
  report: Report,
): T[] {
  if (tokens.length === 0) return []
  const service = Service.parse({ serviceName: 'imported', ...settings, ...readOnly, apiKey: 1 })
  const known = new Map(
    clients.map((client) => {
      const parsed = StoredClient.parse({ ...client.settings, ...readOnly, clientId: 1 })
      return [client.identifier, parsed] as const
    }),
  )
  const dropped = new Map<string, number>()
  const note = (why: string) => dropped.set(why, (dropped.get(why) ?? 0) + 1)
  const accepted = tokens.flatMap((entry): T[] => {
    const client = known.get(entry.clientIdentifier)
    if (!client) {
      note('Tokens whose client is not in the files are left out')
      return []
    }
    const scopes = keepScopes(entry.scopes, service, client)
    for (const scope of entry.scopes.filter((each) => !scopes.includes(each))) {
      note(`The scope ${scope} is left out of tokens: service or client do not have it`)
    }
    return [{ ...entry, scopes }]
  })
  for (const [why, count] of dropped) {
    const line = { of: 'tokens', property: 'scope', outcome: 'dropped' as const }
    report.add({ ...line, note: `${why} (${count} times).` })
  }
  return accepted
}
