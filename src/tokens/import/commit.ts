/** Stores what a call imports, and tells what there was before. */
import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import { versionOf } from '../../store/configuration.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { refuseUnlessDistinct } from './distinct.ts'
import {
  clientToImportFor,
  type Importable,
  ImportedBefore,
  preparedImport,
  type TokensToImport,
} from './tokens.ts'

export interface ScopesToImport {
  clientIdentifier: string
  subject: string
  scopes: string[]
}

export interface Imported {
  /** Entries that were stored. */
  imported: number
  /** Entries that were imported before, whatever became of them. */
  present: number
  /** Entries whose tokens have expired. */
  expired: number
  /** Records of granted scopes that were stored. */
  grantedScopes: number
}

/** Each round loses an entry that was imported before, or a race against a change of a client. */
const rounds = 1_000

export async function importTokens(
  context: ServiceContext,
  tokens: readonly TokensToImport[],
  scopes: readonly ScopesToImport[],
): Promise<Imported> {
  refuseUnlessDistinct(tokens)
  const skipped = new Set<number>()
  for (let round = 1; ; round++) {
    const { ready, expired } = await preparedImports(context, tokens, skipped)
    const granted = await grantedWrites(context, scopes)
    const present = tokens.length - ready.size - expired
    const done = { imported: ready.size, present, expired, grantedScopes: granted.writes.length }
    if (ready.size + granted.writes.length === 0) return done
    const clients = [...[...ready.values()].map(({ client }) => client), ...granted.clients]
    try {
      await context.store.commit(
        ...claimsOf(ready),
        ...guardsOf(context, clients),
        ...[...ready.values()].flatMap(({ rows }) => rows),
        ...granted.writes,
        ...recordOf(context, {
          target: { kind: 'service', id: context.service.apiKey },
          changes: changesOf({}, done),
        }),
      )
      return done
    } catch (error) {
      if (round === rounds || !(error instanceof ImportedBefore || error instanceof Moved)) {
        throw error
      }
      for (const [at, { claims, rows }] of ready) {
        const writes = [...claims.map(({ write }) => write), ...rows]
        if (writes.some(({ refusal }) => refusal === error)) skipped.add(at)
      }
    }
  }
}

async function preparedImports(
  context: ServiceContext,
  tokens: readonly TokensToImport[],
  skipped: ReadonlySet<number>,
) {
  const ready = new Map<number, Importable>()
  let expired = 0
  for (const [at, entry] of tokens.entries()) {
    if (skipped.has(at)) continue
    const outcome = await preparedImport(context, entry, `tokens.${at}`)
    if (outcome === 'expired') expired += 1
    else if (outcome !== 'present') ready.set(at, outcome)
  }
  return { ready, expired }
}

/** In the order of the hashes, so that no two imports wait for each other. */
const claimsOf = (ready: ReadonlyMap<number, Importable>): Write[] =>
  [...ready.values()]
    .flatMap(({ claims }) => claims)
    .sort((one, another) => (one.hash < another.hash ? -1 : 1))
    .map(({ write }) => write)

class Moved extends Error {}

/** Refresh tokens are deleted with their client, so each client is held until the commit ends. */
function guardsOf({ store, service }: ServiceContext, clients: readonly Client[]): Write[] {
  const byId = new Map(clients.map((client) => [client.clientId, client]))
  const inOrder = [...byId.values()].sort((one, another) => one.clientId - another.clientId)
  return inOrder.map((client) =>
    orRefuse(
      store.clients.requireVersion(service.apiKey, client.clientId, [versionOf(client)]),
      new Moved('The client was changed concurrently.'),
    ),
  )
}

/** What users granted, where nothing is known of it: later decisions are newer. */
async function grantedWrites(context: ServiceContext, scopes: readonly ScopesToImport[]) {
  const { store, service, now } = context
  const serviceId = service.apiKey
  const writes: Write[] = []
  const clients: Client[] = []
  for (const [at, { clientIdentifier, subject, scopes: granted }] of scopes.entries()) {
    const { client } = await clientToImportFor(context, clientIdentifier, `grantedScopes.${at}`)
    const { clientId } = client
    if (await store.grantedScopes.find(serviceId, clientId, subject)) continue
    const data = { latest: granted, merged: granted }
    writes.push(store.grantedScopes.merge({ serviceId, clientId, subject, modifiedAt: now, data }))
    clients.push(client)
  }
  return { writes, clients }
}
