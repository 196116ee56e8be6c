/** Places of credentials in status lists, Token Status List §6: random, and taken by one only. */
import type { ServiceContext } from '../context.ts'
import { listLimit, listSize } from '../oauth/vci/status-list.ts'
import { hasStatus, type StatusSettings, statusSettings } from '../oauth/vci/status-settings.ts'
import { ConflictError, orRefuse, type Write } from '../store/engine.ts'

/** Places in one list, so that credentials of one batch do not differ by their list. */
export interface StatusShare {
  list: number
  /** The URL of the list. */
  uri: string
  /** One for each credential. */
  places: number[]
}

export interface StatusPlaces extends StatusShare {
  /** Belong to the commit that issues the credentials. */
  writes: Write[]
}

type StatusContext = Pick<ServiceContext, 'service' | 'store' | 'system' | 'now'>

/** How often other places are chosen where concurrent calls took the same ones. */
const attempts = 10
/** How often candidates are drawn before a list counts as full. */
const draws = 10

const listFull = new Error('The status list is full, or was removed.')

/**
 * Runs an attempt to issue with the places of its credentials, or with none if the service has no
 * status lists. If concurrent calls took one of the places, it is repeated with others.
 */
export async function withStatusPlaces<T>(
  context: StatusContext,
  count: number,
  attempt: (places: StatusPlaces | undefined) => Promise<T>,
): Promise<T> {
  const settings = hasStatus(context.service) ? statusSettings(context.service) : undefined
  if (!settings || count === 0) return attempt(undefined)
  for (let left = attempts; ; left -= 1) {
    const places = await choosePlaces(context, settings, count)
    try {
      return await attempt(places)
    } catch (error) {
      if (!isTaken(error) || left === 1) throw error
    }
  }
}

const isTaken = (error: unknown): boolean =>
  error === listFull || (error instanceof ConflictError && /place/.test(error.constraint))

async function choosePlaces(
  context: StatusContext,
  { bits, uriOf }: StatusSettings,
  count: number,
): Promise<StatusPlaces> {
  const { service, store, now } = context
  const serviceId = service.apiKey
  const newest = await store.statusLists.newest(serviceId)
  const hasRoom = newest && newest.bits === bits && newest.allocated + count <= listLimit
  const free = hasRoom ? await freePlaces(context, newest.list, count) : undefined
  const isNew = !newest || !free
  const list = isNew ? (newest?.list ?? 0) + 1 : newest.list
  const places = free ?? drawPlaces(context, count)
  const begin = { serviceId, list, allocated: 0, version: 1, bits, createdAt: now }
  const take = store.statusLists.take({ serviceId, list, count, limit: listLimit })
  return {
    list,
    uri: uriOf(list),
    places,
    writes: [...(isNew ? [store.statusLists.insert(begin)] : []), orRefuse(take, listFull)],
  }
}

async function freePlaces(
  context: StatusContext,
  list: number,
  count: number,
): Promise<number[] | undefined> {
  const { service, store } = context
  for (let drawn = 0; drawn < draws; drawn += 1) {
    const candidates = drawPlaces(context, count * 4)
    const taken = new Set(await store.issuedCredentials.taken(service.apiKey, list, candidates))
    const free = candidates.filter((place) => !taken.has(place))
    if (free.length >= count) return free.slice(0, count)
  }
  return undefined
}

/** Distinct places, in random order. */
function drawPlaces({ system }: StatusContext, count: number): number[] {
  const places = new Set<number>()
  while (places.size < count) places.add(system.random.integer(listSize))
  return [...places]
}
