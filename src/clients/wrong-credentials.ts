/**
 * Throttling of wrong credentials, RFC 6749 §2.3.1 and RFC 7592 §3.
 *
 * A counter must not lock out a client, or an attacker who knows a client_id could. So a right
 * credential is always accepted, except from an address that sent too many wrong ones, if the
 * caller provides addresses.
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
    fix: 'Correct the secret of the client and wait a minute: other callers may be guessing it.',
    settings: ['client.clientSecret'],
  },
  tokenThrottled: {
    code: 'P077002',
    error: 'invalid_token',
    spec: 'RFC 7592 §3',
    message: 'Too many requests with wrong registration access tokens: try again in a minute.',
    fix: 'Use the registration access token of the last registration response, and wait a minute.',
    settings: ['service.ext.dcr.rat.rotate_on_use'],
  },
})

const windowMilliseconds = 60_000
/** The limits of wrong credentials per window, for one client and for all clients of a service. */
export const wrongCredentials = { ofClient: 20, ofService: 200 } as const

const kinds = {
  client_secret: rules.throttled,
  registration_access_token: rules.tokenThrottled,
} as const

export interface Guess {
  kind: keyof typeof kinds
  clientId: number
}

/** Addresses that are refused, by service, client and kind, with the time until then. */
const refusedUntil = new WeakMap<Store, Map<string, number>>()
const addressLimit = 10_000

const addressesOf = (store: Store): Map<string, number> => {
  const known = refusedUntil.get(store) ?? new Map<string, number>()
  refusedUntil.set(store, known)
  return known
}

/**
 * Runs the comparison of a credential. A right one causes no reads or writes. A wrong one is
 * counted; beyond the limit it is refused with the throttling rule.
 */
export async function throttling<T>(
  context: ServiceContext,
  guess: Guess,
  compare: () => T | Promise<T>,
): Promise<T> {
  const { store, now, clientAddress } = context
  const source = clientAddress && sourceOf(context, guess, clientAddress)
  if (source && (addressesOf(store).get(source) ?? 0) > now) throttle(guess)
  try {
    return await compare()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const isThrottled = await countWrong(context, guess, source)
    if (isThrottled) throttle(guess)
    guesses.publish({ kind: guess.kind, throttled: false })
    throw error
  }
}

function throttle({ kind, clientId }: Guess): never {
  guesses.publish({ kind, throttled: true })
  return refuse(kinds[kind], `client ${clientId}`)
}

const sourceOf = ({ service }: ServiceContext, { kind, clientId }: Guess, address: string) =>
  `${service.apiKey} ${kind} ${clientId} ${address}`

/** Counts by client, by service, and by client and address. Returns whether to throttle. */
async function countWrong(
  { service, store, now }: ServiceContext,
  { kind, clientId }: Guess,
  source: string | undefined,
): Promise<boolean> {
  const window = { now, until: now + windowMilliseconds }
  const take = (name: string) => store.attempts.take(service.apiKey, `wrong ${kind}${name}`, window)
  const ofClient = await take(` of ${clientId}`)
  const ofService = await take('')
  if (source !== undefined) {
    const address = source.split(' ').at(-1)
    const ofAddress = await take(` of ${clientId} from ${address}`)
    if (ofAddress >= wrongCredentials.ofClient) remember(addressesOf(store), source, window.until)
  }
  return ofClient > wrongCredentials.ofClient || ofService > wrongCredentials.ofService
}

/** Drops the oldest entry if there are too many; its address is then counted again. */
function remember(addresses: Map<string, number>, source: string, until: number): void {
  addresses.delete(source)
  addresses.set(source, until)
  const [oldest] = addresses.keys()
  if (addresses.size > addressLimit && oldest !== undefined) addresses.delete(oldest)
}
