/**
 * A provider of keys behind limits: how many calls may be in flight, how long one may take, and a
 * breaker, so that a module that hangs or fails refuses calls at once instead of collecting them.
 */
import { withinDeadline } from '../deadline.ts'
import { type KeyProvider, KeyProviderError, usualDestroyAfterDays } from '../key-provider.ts'

export interface Guard {
  mostInFlight: number
  timeoutMs: number
  /** Failures within the window that open the breaker. */
  failures: number
  windowMs: number
  /** How long an open breaker refuses; then one call tries. */
  openMs: number
}

export const usualGuard: Guard = {
  mostInFlight: 64,
  timeoutMs: 2_000,
  failures: 5,
  windowMs: 10_000,
  openMs: 10_000,
}

/** What is counted: `operation` is a method of the provider. */
export type ProviderResult = 'ok' | 'refused' | 'unavailable' | 'timeout' | 'rejected'
export interface ProviderWatch {
  called(operation: string, result: ProviderResult, milliseconds: number): void
  breaker(isOpen: boolean): void
}

interface Options {
  guard?: Partial<Guard> | undefined
  watch?: ProviderWatch | undefined
  /** Milliseconds of a clock that never goes back. */
  now?: () => number
  /** A call was not answered in time. */
  onTimeout?: (() => void) | undefined
  /** Whether each signature is verified before it is used. */
  verify?: boolean
  /** The days from the deletion of a key until it is destroyed. */
  destroyAfterDays?: number
}

const unavailable = (message: string) => new KeyProviderError('unavailable', message)

export function guardProvider(provider: KeyProvider, options: Options = {}): KeyProvider {
  const { watch, now = () => performance.now(), onTimeout, verify = true } = options
  const { destroyAfterDays = usualDestroyAfterDays } = options
  const guard = { ...usualGuard, ...options.guard }
  let inFlight = 0
  let failedAt: number[] = []
  let openUntil: number | undefined
  let isProbing = false

  function refusal(): string | undefined {
    if (openUntil !== undefined && (now() < openUntil || isProbing)) {
      return `The key provider ${provider.name} has failed repeatedly.`
    }
    if (inFlight >= guard.mostInFlight) {
      return `The key provider ${provider.name} has too many calls in flight.`
    }
    return undefined
  }

  function succeeded() {
    failedAt = []
    if (openUntil === undefined) return
    openUntil = undefined
    watch?.breaker(false)
  }

  function failed(isProbe: boolean) {
    const at = now()
    failedAt = [...failedAt.filter((each) => each > at - guard.windowMs), at]
    if (!isProbe && failedAt.length < guard.failures) return
    if (openUntil === undefined) watch?.breaker(true)
    openUntil = at + guard.openMs
  }

  async function guarded<T>(
    operation: string,
    work: () => Promise<T>,
    timeoutMs = guard.timeoutMs,
  ): Promise<T> {
    const refused = refusal()
    if (refused) {
      watch?.called(operation, 'rejected', 0)
      throw unavailable(refused)
    }
    const isProbe = openUntil !== undefined
    isProbing ||= isProbe
    inFlight++
    const started = now()
    let result: ProviderResult = 'ok'
    try {
      const value = await withinDeadline(timeoutMs, work(), () => {
        result = 'timeout'
        onTimeout?.()
        throw unavailable(`The key provider ${provider.name} did not answer in time.`)
      })
      succeeded()
      return value
    } catch (error) {
      const known = error instanceof KeyProviderError ? error : undefined
      if (result === 'ok') result = known?.fault ?? 'unavailable'
      if (result === 'refused') succeeded()
      else failed(isProbe)
      throw known ?? unavailable(`The key provider ${provider.name} failed.`)
    } finally {
      inFlight--
      if (isProbe) isProbing = false
      watch?.called(operation, result, now() - started)
    }
  }

  return {
    name: provider.name,
    verify,
    destroyAfterDays,
    algorithms: () => guarded('algorithms', () => provider.algorithms()),
    // Modules take seconds to find the primes of an RSA key.
    create: (handle, wanted) =>
      guarded('create', () => provider.create(handle, wanted), 30 * guard.timeoutMs),
    find: (handle) => guarded('find', () => provider.find(handle)),
    sign: (reference, alg, data) => guarded('sign', () => provider.sign(reference, alg, data)),
    decrypt: (reference, alg, encrypted) =>
      guarded('decrypt', () => provider.decrypt(reference, alg, encrypted)),
    agree: (reference, publicJwk) => guarded('agree', () => provider.agree(reference, publicJwk)),
    destroy: (reference) => guarded('destroy', () => provider.destroy(reference)),
    check: () => guarded('check', () => provider.check()),
    close: () => provider.close(),
  }
}
