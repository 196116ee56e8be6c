/** The application: the endpoints on a router, with what they depend on passed in. */
import type { Hono } from 'hono'
import { endpoints } from './api/index.ts'
import { openApiDocument } from './http/document.ts'
import { mountReference } from './http/reference.ts'
import { mount } from './http/transport.ts'
import { createRemoteKeySets } from './jose/remote-key-set.ts'
import { openDocuments } from './store/documents.ts'
import type { Store } from './store/store.ts'
import type { Sealer } from './system/sealer.ts'
import type { System } from './system/system.ts'

interface Parts {
  store: Store
  system: System
  sealer: Sealer
  /** Calls under way beyond which further ones are refused at once. */
  maxInFlight?: number
}

export function createApp({ store, system, sealer, maxInFlight = 256 }: Parts): Hono {
  const documents = openDocuments(store)
  const keySets = createRemoteKeySets(system.fetch, system.clock)
  const app = mount(endpoints, { store, system, sealer, documents, keySets }, { maxInFlight })
  mountReference(app, () => openApiDocument(endpoints))
  return app
}
