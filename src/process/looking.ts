/** Regular look-ups of what is due, more rarely while nothing waits. */
import type { Log } from '../system/log.ts'
import type { Attempts } from './attempts.ts'
import type { Message } from './room.ts'

const lookMilliseconds = 1_000

export interface Looking {
  /** Something was stored: ends a pause because nothing waited. */
  wake(): void
  /** Starts no attempt from now on; resolves once none is in progress. */
  stop(): Promise<void>
}

/** Looks up until it is stopped. `idleMilliseconds` is the pause while nothing waits. */
export function startLooking<M extends Message>(
  attempts: Attempts<M>,
  { log, failed, idleMilliseconds }: { log: Log; failed: string; idleMilliseconds: number },
): Looking {
  let isStopped = false
  let isIdle = false
  let endPause = () => {}

  const pause = (milliseconds: number) =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, milliseconds).unref()
      endPause = () => {
        clearTimeout(timer)
        done()
      }
    })

  async function look(): Promise<void> {
    while (!isStopped) {
      await pause(isIdle ? idleMilliseconds : lookMilliseconds)
      if (isStopped) return
      try {
        isIdle = !(await attempts.begin())
      } catch (error) {
        log.error({ error }, failed)
      }
    }
  }
  const running = look()
  return {
    wake() {
      if (!isIdle) return
      isIdle = false
      endPause()
    },
    async stop() {
      isStopped = true
      attempts.stop()
      endPause()
      await running
      await attempts.idle()
    },
  }
}
