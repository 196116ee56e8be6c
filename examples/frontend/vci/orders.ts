/** How credential requests are decided: rules of this example, to be replaced by yours. */
import { LRUCache } from 'lru-cache'
import { type Holder, holderOf } from './holders.ts'

/** The members of a checked request that this frontend reads. */
export interface RequestInfo {
  identifier: string
  format: string
  subject?: string
}

/** What Postern makes a credential of. */
export interface Order {
  requestIdentifier: string
  /** JSON as text. */
  credentialPayload?: string
  issuanceDeferred?: boolean
  denied?: boolean
}

const mdlNamespace = 'org.iso.18013.5.1'

export function createOrders(clock: () => number) {
  /** Users who have pressed the button for their deferred credentials. */
  const released = new LRUCache<string, true>({ max: 10_000, ttl: 600_000, perf: { now: clock } })

  return {
    release: (subject: string) => released.set(subject, true),

    orderFor({ identifier, format, subject = '' }: RequestInfo): Order {
      const holder = holderOf(subject)
      const order = { requestIdentifier: identifier }
      if (!holder) return { ...order, denied: true }
      if (holder.deferred && !released.has(subject)) return { ...order, issuanceDeferred: true }
      return { ...order, credentialPayload: JSON.stringify(payloadOf(holder, format)) }
    },
  }
}

export type Orders = ReturnType<typeof createOrders>

/** `vct` and `doctype` are left to the configuration of the credential. */
const payloadOf = ({ identity, licence }: Holder, format: string) =>
  format === 'mso_mdoc' ? { claims: { [mdlNamespace]: licence } } : identity
