/** The outside world: clock, randomness, outbound HTTP, log, and keys in modules. */
import { type Clock, systemClock } from './clock.ts'
import { createFetch, type Fetch } from './fetch.ts'
import type { KeyProviders } from './key-provider.ts'
import { createLog, type Log, type LogLevel } from './log.ts'
import { type Random, systemRandom } from './random.ts'

export interface System {
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly log: Log
  readonly keyProviders: KeyProviders
}

export interface SystemSettings {
  readonly logLevel: LogLevel
  readonly outboundAllow: readonly string[]
  readonly dnsServers?: readonly string[]
  readonly acceptsAnyCertificate?: (serviceId: number) => Promise<boolean>
  readonly keyProviders?: KeyProviders
}

export function createSystem(settings: SystemSettings): System {
  const { logLevel, outboundAllow: allow, dnsServers = [], acceptsAnyCertificate } = settings
  const { keyProviders = new Map() } = settings
  const verifying = acceptsAnyCertificate ? { acceptsAnyCertificate } : {}
  return {
    clock: systemClock,
    random: systemRandom,
    fetch: createFetch({ allow, dnsServers, clock: systemClock, ...verifying }),
    log: createLog({ level: logLevel, clock: systemClock }),
    keyProviders,
  }
}
