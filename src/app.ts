/** The application: the endpoints on a router, with what they depend on passed in. */
import type { Hono } from 'hono'
import { endpoints } from './api/index.ts'
import type { Limits } from './http/admission.ts'
import { openApiDocument } from './http/document.ts'
import { mountReference } from './http/reference.ts'
import { mount } from './http/transport.ts'
import { createRemoteKeySets } from './jose/remote-key-set.ts'
import { openDocuments } from './store/documents.ts'
import type { Store } from './store/store.ts'
import type { Sealer } from './system/sealer.ts'
import type { System } from './system/system.ts'

const unlimited: Limits = {
  maxInFlight: Number.POSITIVE_INFINITY,
  maxWaitMilliseconds: Number.POSITIVE_INFINITY,
}

interface Parts {
  store: Store
  system: System
  sealer: Sealer
  limits?: Partial<Limits>
}

export function createApp({ store, system, sealer, limits }: Parts): Hono {
  const documents = openDocuments(store)
  const keySets = createRemoteKeySets(system.fetch, system.clock)
  const dependencies = { store, system, sealer, documents, keySets }
  const app = mount(endpoints, dependencies, { ...unlimited, ...limits })
  mountReference(app, () => openApiDocument(endpoints))
  return app
}
