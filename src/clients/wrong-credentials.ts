/**
 * Wrong credentials are counted, and beyond a limit throttled. RFC 6749 §2.3.1, RFC 7592 §3
 *
 * A counter alone must not shut out the owner of the right credential, or a stranger who knows a
 * client_id could. So the right one is accepted whatever was counted, except from the address that
 * the wrong ones came from, where the caller tells it: there, nothing is compared any more.
 */
import type { ServiceContext } from '../context.ts'
import { defineRules, guesses, Refusal, refuse } from '../refusal.ts'
import type { Store } from '../store/store.ts'

const rules = defineRules('Wrong credentials', {
  throttled: {
    code: 'P077001',
    error: 'invalid_client',
    spec: 'RFC 6749 §2.3.1',
    message:
      'Too many requests with wrong client credentials: try again in a minute, with the right ones.',
  },
  tokenThrottled: {
    code: 'P077002',
    error: 'invalid_token',
    spec: 'RFC 7592 §3',
    message: 'Too many requests with wrong registration access tokens: try again in a minute.',
  },
})

const windowMilliseconds = 60_000
/** Wrong credentials of one window, for one client and for all clients of a service. */
export const wrongCredentials = { ofClient: 20, ofService: 200 } as const

const kinds = {
  client_secret: rules.throttled,
  registration_access_token: rules.tokenThrottled,
} as const

export interface Guess {
  kind: keyof typeof kinds
  clientId: number
}

/** What a process knows of addresses, by service, client and kind: until when they are refused. */
const refusedUntil = new WeakMap<Store, Map<string, number>>()
const addressLimit = 10_000

const addressesOf = (store: Store): Map<string, number> => {
  const known = refusedUntil.get(store) ?? new Map<string, number>()
  refusedUntil.set(store, known)
  return known
}

/**
 * Compares a credential. Nothing is read or written for a right one; a wrong one is counted, and
 * refused by another rule once there were too many.
 */
export async function throttling<T>(
  context: ServiceContext,
  guess: Guess,
  compare: () => T | Promise<T>,
): Promise<T> {
  const { store, now, clientAddress } = context
  const place = clientAddress && placeOf(context, guess, clientAddress)
  if (place && (addressesOf(store).get(place) ?? 0) > now) throttle(guess)
  try {
    return await compare()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const isThrottled = await countWrong(context, guess, place)
    if (isThrottled) throttle(guess)
    guesses.publish({ kind: guess.kind, throttled: false })
    throw error
  }
}

function throttle({ kind, clientId }: Guess): never {
  guesses.publish({ kind, throttled: true })
  return refuse(kinds[kind], `client ${clientId}`)
}

const placeOf = ({ service }: ServiceContext, { kind, clientId }: Guess, address: string) =>
  `${service.apiKey} ${kind} ${clientId} ${address}`

/** Counts by client, by service, and by the address at which a client is tried from. */
async function countWrong(
  { service, store, now }: ServiceContext,
  { kind, clientId }: Guess,
  place: string | undefined,
): Promise<boolean> {
  const window = { now, until: now + windowMilliseconds }
  const take = (name: string) => store.attempts.take(service.apiKey, `wrong ${kind}${name}`, window)
  const ofClient = await take(` of ${clientId}`)
  const ofService = await take('')
  if (place !== undefined) {
    const address = place.split(' ').at(-1)
    const ofAddress = await take(` of ${clientId} from ${address}`)
    if (ofAddress >= wrongCredentials.ofClient) remember(addressesOf(store), place, window.until)
  }
  return ofClient > wrongCredentials.ofClient || ofService > wrongCredentials.ofService
}

/** The oldest is forgotten first: addresses are counted in the database again. */
function remember(addresses: Map<string, number>, place: string, until: number): void {
  addresses.delete(place)
  addresses.set(place, until)
  const [oldest] = addresses.keys()
  if (addresses.size > addressLimit && oldest !== undefined) addresses.delete(oldest)
}
