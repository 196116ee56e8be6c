/** Counts of usage that wait in memory. */
import { describe, expect, it } from 'vitest'
import { dayMilliseconds } from '../../../src/model/installation/usage.ts'
import { countedOf, usageTally } from '../../../src/store/uses/usage-tally.ts'

const first = Date.UTC(2026, 0, 1)
const second = first + dayMilliseconds

describe('tally of usage', () => {
  it('takes each count once, with the sum of its kind', () => {
    const tally = usageTally()
    tally.add(1, 'call', 'Token Endpoint', first + 5)
    tally.add(1, 'call', 'Logout', first + 6)
    tally.add(1, 'call', 'Token Endpoint', first + 7)
    const of = { serviceId: 1, day: first, kind: 'call' }
    expect(tally.take().flatMap(countedOf)).toEqual([
      { ...of, name: '', count: 3 },
      { ...of, name: 'Logout', count: 1 },
      { ...of, name: 'Token Endpoint', count: 2 },
    ])
    expect(tally.take()).toEqual([])
  })

  it('keeps what could not be stored, beside what was counted since', () => {
    const tally = usageTally()
    tally.add(1, 'token', 'PASSWORD', first)
    tally.add(2, 'token', 'PASSWORD', second)
    const taken = tally.take()
    tally.add(2, 'token', 'PASSWORD', second)
    tally.giveBack(taken)
    tally.add(2, 'token', 'CIBA')
    expect(tally.waiting(1, 'token', first)).toBe(1)
    expect(tally.waiting(2, 'token', second)).toBe(3)
    expect(tally.take().map(({ serviceId, day }) => [serviceId, day])).toEqual([
      [1, first],
      [2, second],
    ])
  })

  it('counts on the day of the last time where none is given', () => {
    const tally = usageTally()
    tally.add(1, 'token', 'PASSWORD')
    tally.add(1, 'call', 'Token Endpoint', second)
    tally.take()
    tally.add(1, 'token', 'PASSWORD')
    expect(tally.take()).toMatchObject([{ serviceId: 1, day: second }])
  })

  it('comes in the order of services, whichever called first', () => {
    const tally = usageTally()
    for (const serviceId of [30, 4, 100]) tally.add(serviceId, 'call', 'Logout', first)
    expect(tally.take().map(({ serviceId }) => serviceId)).toEqual([4, 30, 100])
  })
})
