import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type KeyProvider, KeyProviderError } from '../../src/system/key-provider.ts'
import { guardProvider, type ProviderResult } from '../../src/system/providers/guarded-provider.ts'

const data = Buffer.from('data')

/** A provider whose signatures are what a test says. */
function providerOf(sign: () => Promise<Uint8Array>): KeyProvider {
  const never = () => Promise.reject(new KeyProviderError('refused', 'not here'))
  return {
    name: 'scripted',
    sign,
    ...{ algorithms: never, create: never, find: never, decrypt: never, agree: never },
    ...{ destroy: never, check: never, close: () => Promise.resolve() },
  }
}

function guardedBy(sign: () => Promise<Uint8Array>, guard = {}) {
  let time = 0
  let timeouts = 0
  const results: ProviderResult[] = []
  const breaker: boolean[] = []
  const provider = guardProvider(providerOf(sign), {
    guard: { failures: 3, windowMs: 1_000, openMs: 5_000, ...guard },
    now: () => time,
    onTimeout: () => timeouts++,
    watch: {
      called: (_, result) => results.push(result),
      breaker: (isOpen) => breaker.push(isOpen),
    },
  })
  return {
    ...{ results, breaker },
    sign: () => provider.sign('reference', 'ES256', data),
    wait: (milliseconds: number) => {
      time += milliseconds
    },
    timeouts: () => timeouts,
  }
}

const failing = () => Promise.reject(new KeyProviderError('unavailable', 'broken'))

describe('a guarded provider of keys', () => {
  it('refuses calls beyond the limit of calls in flight', async () => {
    const release: ((value: Uint8Array) => void)[] = []
    const guarded = guardedBy(() => new Promise((resolve) => release.push(resolve)), {
      mostInFlight: 2,
    })
    const first = [guarded.sign(), guarded.sign()]
    await expect(guarded.sign()).rejects.toMatchObject({ fault: 'unavailable' })
    for (const resolve of release) resolve(data)
    expect(await Promise.all(first)).toEqual([data, data])
    const after = guarded.sign()
    release.at(-1)?.(data)
    expect(await after).toEqual(data)
    expect(guarded.results).toEqual(['rejected', 'ok', 'ok', 'ok'])
  })

  it('fails a call that takes too long, and says so once', async () => {
    const guarded = guardedBy(() => pause(5_000, data), { timeoutMs: 100 })
    await expect(guarded.sign()).rejects.toMatchObject({ fault: 'unavailable' })
    expect(guarded.timeouts()).toBe(1)
    expect(guarded.results).toEqual(['timeout'])
  })

  it('opens after repeated failures, lets one call try later, and closes after its success', async () => {
    let isBroken = true
    let calls = 0
    const guarded = guardedBy(() => {
      calls++
      return isBroken ? failing() : Promise.resolve(data)
    })
    for (let call = 0; call < 3; call++) await expect(guarded.sign()).rejects.toThrow('broken')
    await expect(guarded.sign()).rejects.toThrow('failed repeatedly')
    expect(calls).toBe(3)
    guarded.wait(5_001)
    const [probe, other] = await Promise.allSettled([guarded.sign(), guarded.sign()])
    expect([probe?.status, other?.status]).toEqual(['rejected', 'rejected'])
    expect(calls).toBe(4)
    isBroken = false
    await expect(guarded.sign()).rejects.toThrow('failed repeatedly')
    guarded.wait(5_001)
    expect(await guarded.sign()).toEqual(data)
    expect(await guarded.sign()).toEqual(data)
    expect(guarded.breaker).toEqual([true, false])
  })

  it('stays closed where failures are rare', async () => {
    const guarded = guardedBy(failing)
    for (let call = 0; call < 10; call++) {
      await expect(guarded.sign()).rejects.toThrow('broken')
      guarded.wait(600)
    }
    expect(guarded.breaker).toEqual([])
  })

  it('does not count what the provider refuses as a failure', async () => {
    const refusing = () => Promise.reject(new KeyProviderError('refused', 'no such key'))
    const guarded = guardedBy(refusing)
    for (let call = 0; call < 10; call++)
      await expect(guarded.sign()).rejects.toThrow('no such key')
    expect(guarded.breaker).toEqual([])
  })

  it('passes on no message of an unknown error', async () => {
    const guarded = guardedBy(() => Promise.reject(new Error('PIN 648219')))
    await expect(guarded.sign()).rejects.toThrow('The key provider scripted failed.')
  })
})
