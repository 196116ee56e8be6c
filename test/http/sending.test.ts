import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { answersOfTurn } from '../../src/http/call/sending.ts'

/** Which of the answers may be sent, in order. */
function answered(count: number): number[] {
  const sent: number[] = []
  for (let place = 0; place < count; place++) {
    void answersOfTurn().then(() => sent.push(place))
  }
  return sent
}

const microtasks = () => new Promise<void>((resolve) => queueMicrotask(resolve))

describe('answers of one turn of the event loop', () => {
  it('are sent together at its end, in the order of their calls', async () => {
    const sent = answered(3)
    await microtasks()
    expect(sent).toEqual([])
    await nextTurn()
    expect(sent).toEqual([0, 1, 2])
  })

  it('are sent before its end once there are sixteen', async () => {
    const sent = answered(20)
    await microtasks()
    expect(sent).toHaveLength(16)
    await nextTurn()
    expect(sent).toHaveLength(20)
  })

  it('wait for the end of their own turn only', async () => {
    answered(16)
    const sent = answered(1)
    await nextTurn()
    expect(sent).toEqual([0])
  })
})
