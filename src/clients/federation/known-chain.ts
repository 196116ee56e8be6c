/** Trust chains that are known without a fetch, OpenID Federation §8.3 and §18.1. */
import type { ServiceContext } from '../../context.ts'
import type { Anchor, TrustChain } from '../../oauth/federation/trust-chain.ts'
import { Refusal } from '../../refusal.ts'
import { discoverChain } from './discovery.ts'
import { publishedFor } from './published.ts'
import { resolveWith } from './resolve.ts'
import { statementsOf } from './statements.ts'
import type { Sources } from './trust-marks.ts'

type Resolving = Pick<ServiceContext, 'service' | 'system' | 'now'>

/** The statements that are kept in memory. */
export function knownSources({ service, system, now }: Resolving): Sources {
  // A context of its own, so that look-ups take nothing from the fetches of the request.
  const context = { service, system, now }
  const published = publishedFor(context, () => true)
  const { isSignedBy } = statementsOf(system)
  const options = { now, skew: 0, isSignedBy }

  async function chain(entityId: string, anchors: readonly Anchor[], given?: readonly string[]) {
    const isStatic = true
    const found =
      given && (await known(resolveWith(context, entityId, anchors, { chain: given, isStatic })))
    // Clocks may differ, but what we sign must not have expired.
    if (found && found.expiresAt > now) return found
    return discoverChain(
      await published.configuration(entityId),
      { ...options, anchors },
      published,
    )
  }
  return { configuration: published.configuration, chain }
}

/** The chain of a registration or of statements in memory; undefined if none is known. */
export async function knownChain(
  context: ServiceContext,
  entityId: string,
  anchors: readonly Anchor[],
): Promise<TrustChain | undefined> {
  const client = await context.documents.clientByEntityId(context.service.apiKey, entityId)
  return known(knownSources(context).chain(entityId, anchors, client?.trustChain))
}

/** The result; undefined if it was refused. */
export const known = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (error instanceof Refusal) return undefined
    throw error
  })
