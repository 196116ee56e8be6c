/** Status List Tokens, Token Status List §5.1: signed once for many requests. */
import { setImmediate as others } from 'node:timers/promises'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { JWK } from 'jose'
import { LRUCache } from 'lru-cache'
import type { ServiceContext } from '../context.ts'
import { fitsSignatureAlgorithm } from '../jose/key-set.ts'
import type { SigningKey } from '../jose/keys.ts'
import { signJwt } from '../jose/sign.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { publishedChain } from '../oauth/vci/published-chain.ts'
import { listSize, packStatuses, statusListClaims } from '../oauth/vci/status-list.ts'
import type { StatusSettings } from '../oauth/vci/status-settings.ts'
import type { Store } from '../store/store.ts'

const compress = promisify(deflate)

type ListRow = NonNullable<Awaited<ReturnType<Store['statusLists']['find']>>>

export interface StatusToken {
  token: string
  /** How long the frontend and its caches may keep it. */
  maxAgeSeconds: number
}

interface Signed {
  /** Of which list, by which key and with which settings. */
  of: string
  at: number
  token: Promise<string>
}

/** Tokens of the lists that are asked for most, of all services. */
const signed = new WeakMap<Store, LRUCache<string, Signed>>()
const cachedLists = 256

function cacheOf({ store }: ServiceContext): LRUCache<string, Signed> {
  const cache = signed.get(store) ?? new LRUCache<string, Signed>({ max: cachedLists })
  signed.set(store, cache)
  return cache
}

/**
 * The token of a list. It is signed again when an entry has changed, when half of its `ttl` has
 * passed, or for another key; concurrent requests wait for the same signature.
 */
export async function statusToken(
  context: ServiceContext,
  { ttlSeconds, uriOf }: StatusSettings,
  { list, bits, version }: ListRow,
): Promise<StatusToken> {
  const { service, keys, now } = context
  const candidates = keys.signing(service, 'credential')
  const key = candidates.find(({ jwk }) => algorithmOf(jwk) !== undefined)
  const signing = { list, bits, uri: uriOf(list), ttlSeconds, key }
  const cache = cacheOf(context)
  const name = `${service.apiKey} ${list}`
  const of = JSON.stringify([version, signing.uri, ttlSeconds, key?.jwk])
  const keptSeconds = Math.floor(ttlSeconds / 2)
  const known = cache.get(name)
  const ageSeconds = known ? Math.floor((now - known.at) / 1000) : 0
  if (known?.of === of && ageSeconds < keptSeconds) {
    return { token: await known.token, maxAgeSeconds: keptSeconds - ageSeconds }
  }
  const fresh = { of, at: now, token: signList(context, signing) }
  cache.set(name, fresh)
  try {
    return { token: await fresh.token, maxAgeSeconds: keptSeconds }
  } catch (error) {
    if (cache.get(name) === fresh) cache.delete(name)
    throw error
  }
}

interface ListSigning {
  list: number
  bits: number
  uri: string
  ttlSeconds: number
  key: SigningKey | undefined
}

async function signList(context: ServiceContext, signing: ListSigning): Promise<string> {
  const { list, bits, uri, ttlSeconds, key } = signing
  const entries = await changedEntries(context, list)
  const compressed = await compress(packStatuses(listSize, bits, entries), { level: 9 })
  const x5c = publishedChain(key?.jwk.x5c)
  return signJwt(key ? [key] : [], {
    signing: { alg: (key && algorithmOf(key.jwk)) ?? 'ES256' },
    claims: statusListClaims({ uri, bits, compressed, ttlSeconds, now: context.now }),
    header: { typ: 'statuslist+jwt', ...(x5c ? { x5c } : {}) },
  })
}

const algorithmOf = (jwk: JWK) =>
  asymmetricAlgorithms.find((alg) => fitsSignatureAlgorithm(jwk, alg, 'sign'))

/** Beyond this number, entries are read part by part, so that other calls get their turn. */
const atOnce = 4_000
const parts = 32

async function changedEntries({ service, store }: ServiceContext, list: number) {
  const { issuedCredentials } = store
  const serviceId = service.apiKey
  if ((await issuedCredentials.countChanged(serviceId, list)) <= atOnce) {
    return issuedCredentials.changed(serviceId, list)
  }
  const entries: Awaited<ReturnType<typeof issuedCredentials.changed>> = []
  const width = listSize / parts
  for (let from = 0; from < listSize; from += width) {
    entries.push(
      ...(await issuedCredentials.changed(serviceId, list, { from, below: from + width })),
    )
    await others()
  }
  return entries
}
