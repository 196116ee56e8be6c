import { describe, expect, it } from 'vitest'
import { createSystem } from '../../src/system/system.ts'
import { testSystem } from '../support/system.ts'

describe('system of the process', () => {
  it('has the time of the machine and a guarded fetch', async () => {
    const { clock, random, fetch, log } = createSystem({ logLevel: 'silent', outboundAllow: [] })
    expect(Math.abs(clock() - performance.timeOrigin - performance.now())).toBeLessThan(60_000)
    expect(random.bytes(3)).toHaveLength(3)
    log.fatal({}, 'not written')
    await expect(
      fetch('https://127.0.0.1/', { serviceId: 1, purpose: 'key set' }),
    ).rejects.toMatchObject({
      reason: 'forbidden-address',
    })
  })
})

describe('system of a test', () => {
  it('has a clock that moves only on demand', () => {
    const { clock } = testSystem({ now: 5 })
    clock.advance(10)
    expect(clock()).toBe(15)
    clock.set(1)
    expect(clock()).toBe(1)
  })

  it('returns the prepared responses, rejects other URLs, and records requests', async () => {
    const { fetch } = testSystem()
    const url = 'https://client.example/jwks'
    fetch.answer(url, { body: { keys: [] } })
    fetch.answer(`${url}/gone`, { status: 410 })
    fetch.answer(`${url}/echo`, ({ method = 'GET' }) => ({ body: method }))
    expect(await fetch(url, { serviceId: 1, purpose: 'key set' })).toEqual({
      status: 200,
      contentType: 'application/json',
      cacheControl: '',
      body: '{"keys":[]}',
    })
    expect(
      await fetch(`${url}/echo`, { serviceId: 1, purpose: 'notice', method: 'POST' }),
    ).toMatchObject({
      contentType: 'text/plain',
      body: 'POST',
    })
    const gone = fetch(`${url}/gone`, { serviceId: 1, purpose: 'key set' })
    await expect(gone).rejects.toMatchObject({ reason: 'status', status: 410 })
    const unknown = fetch('https://other.example/', { serviceId: 1, purpose: 'key set' })
    await expect(unknown).rejects.toMatchObject({ reason: 'network' })
    expect(fetch.asked.map((each) => each.options.purpose)).toEqual([
      'key set',
      'notice',
      'key set',
      'key set',
    ])
  })

  it('records the log with redacted secrets', () => {
    const { log } = testSystem({ now: 0 })
    log.debug({ clientSecret: 'hush' }, 'hm')
    expect(log.entries).toEqual([
      {
        level: 'debug',
        time: '1970-01-01T00:00:00.000Z',
        clientSecret: '[removed]',
        message: 'hm',
      },
    ])
  })
})
