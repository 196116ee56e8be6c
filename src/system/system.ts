/** The dependencies on the outside world: clock, randomness, outbound HTTP and log. */
import { type Clock, systemClock } from './clock.ts'
import { createFetch, type Fetch } from './fetch.ts'
import { createLog, type Log, type LogLevel } from './log.ts'
import { type Random, systemRandom } from './random.ts'

export interface System {
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly log: Log
}

export interface SystemSettings {
  readonly logLevel: LogLevel
  readonly outboundAllow: readonly string[]
  readonly dnsServers?: readonly string[]
  readonly acceptsAnyCertificate?: (serviceId: number) => Promise<boolean>
}

export function createSystem(settings: SystemSettings): System {
  const { logLevel, outboundAllow: allow, dnsServers = [], acceptsAnyCertificate } = settings
  const verifying = acceptsAnyCertificate ? { acceptsAnyCertificate } : {}
  return {
    clock: systemClock,
    random: systemRandom,
    fetch: createFetch({ allow, dnsServers, clock: systemClock, ...verifying }),
    log: createLog({ level: logLevel, clock: systemClock }),
  }
}
