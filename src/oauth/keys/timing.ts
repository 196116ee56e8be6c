/** How long a new key is published before it signs, and how long a replaced one verifies. */
import type { KeySetName, ManagedKey } from '../../model/service/hsk.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, wholeNumber } from '../attribute.ts'
import { effectiveSeconds } from '../duration.ts'

/** Ten years. */
const longest = 315_360_000
const daySeconds = 86_400
const hourSeconds = 3_600

const propagation = defineAttribute({
  name: 'ext.keys.propagation',
  of: 'service',
  form: wholeNumber(0, longest),
  fallback: daySeconds,
  effect:
    'For how many seconds a new key is published before it signs. It should be as long as clients ' +
    'and resource servers keep the key set. Default: 86400.',
  spec: 'RFC 7517 §5',
})

const overlap = defineAttribute<number | undefined>({
  name: 'ext.keys.overlap',
  of: 'service',
  form: wholeNumber(0, longest),
  fallback: undefined,
  effect:
    'For how many seconds a replaced key verifies and is published. It must be longer than the ' +
    'longest life of what the key signed. Default: that life by the settings of the service, with ' +
    '`ext.keys.propagation` and `allowableClockSkew`. Set it if clients have an ' +
    '`ext.lifespan.…` beyond the durations of the service.',
  spec: 'RFC 7517 §5',
})

/** Milliseconds; undefined: what the set signs has no end. */
export interface Timing {
  readonly propagation: number
  readonly overlap: number | undefined
  /** The longest life of what a key signed. */
  readonly life: number | undefined
}

export interface TimingOverride {
  propagationSeconds?: number | undefined
  overlapSeconds?: number | undefined
}

export function timingOf(
  service: Service,
  { set, use }: Pick<ManagedKey, 'set' | 'use'>,
  override: TimingOverride = {},
): Timing {
  const spread = override.propagationSeconds ?? propagation.read(service)
  const life = use === 'enc' ? hourSeconds : longestLife(service, set)
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const derived = life === undefined ? undefined : life + spread + skew
  const kept = override.overlapSeconds ?? overlap.read(service) ?? derived
  return {
    // Who encrypts takes what is published: a key for encryption need not be known beforehand.
    propagation: use === 'enc' ? 0 : spread * 1_000,
    overlap: kept === undefined ? undefined : kept * 1_000,
    life: life === undefined ? undefined : (life + skew) * 1_000,
  }
}

/** Seconds. */
function longestLife(service: Service, set: KeySetName): number | undefined {
  if (set === 'federation') return service.federationConfigurationDuration || daySeconds
  // A credential without an end is verified for as long as its holder keeps it.
  if (set === 'credential') return service.credentialDuration || undefined
  return Math.max(
    effectiveSeconds(service, 'idTokenDuration'),
    effectiveSeconds(service, 'accessTokenDuration'),
    effectiveSeconds(service, 'authorizationResponseDuration'),
  )
}
