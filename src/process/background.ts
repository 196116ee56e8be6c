/** What a process does besides answering calls: sweeps, and attempts of its outboxes. */
import type { ClosableRefusals } from '../http/refusals/ring.ts'
import type { Documents } from '../store/configuration.ts'
import type { KeptDays } from '../store/purge.ts'
import type { Store } from '../store/store.ts'
import type { System } from '../system/system.ts'
import { startDeliveringEvents } from './events/event-outbox.ts'
import { startPushingSecurityEvents } from './events/set-outbox.ts'
import type { LogoutOutbox } from './logout-outbox.ts'
import { startDelivering } from './outbox.ts'
import { sweep } from './sweep.ts'

interface Parts {
  store: Store
  documents: Documents
  system: System
  outbox: LogoutOutbox
  refusals: ClosableRefusals
}

export interface Background {
  /** `drained` resolves once no call is in progress: until then, notifications are delivered. */
  stop(drained: () => Promise<unknown>): Promise<void>
}

export function startBackground(parts: Parts, kept: KeptDays): Background {
  const { store, system, outbox, refusals } = parts
  const sweeper = sweep(parts, kept)
  const counting = storeUsage(store, system)
  const deliverer = startDelivering(store, system)
  const events = startDeliveringEvents(store, system)
  const pushes = startPushingSecurityEvents(parts)
  outbox.start()
  return {
    async stop(drained) {
      const swept = sweeper.stop()
      refusals.close()
      await drained()
      await swept
      await storeUses(store, system)
      await counting.stop()
      await Promise.all([deliverer.stop(), events.stop(), pushes.stop(), outbox.stop()])
    },
  }
}

/** A process that is killed loses the counts of so long. */
const usageMilliseconds = 10_000

/** Stores what was counted of services, regularly and at the end. */
function storeUsage({ usage, eventDrops }: Store, { log }: System): { stop(): Promise<void> } {
  const flush = async () => {
    try {
      await usage.flush()
      for (const { serviceId, endpointId, count } of await eventDrops.flush()) {
        const about = { serviceId, endpointId, events: count }
        log.warn(about, 'events were dropped, because too many wait for their endpoint')
      }
    } catch (error) {
      log.error({ error }, 'storing the usage of services failed')
    }
  }
  const timer = setInterval(flush, usageMilliseconds)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}

/** A process that ends stores the uses that it has noted, if the database works. */
async function storeUses({ clientUses, apiTokenUses }: Store, { clock, log }: System) {
  try {
    await clientUses.flush(clock())
    await apiTokenUses.flush(clock())
  } catch (error) {
    log.error({ error }, 'storing when clients and API tokens were last used failed')
  }
}
