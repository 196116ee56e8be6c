/** The application: the endpoints on a router, with what they depend on passed in. */
import type { Hono } from 'hono'
import { endpoints } from './api/index.ts'
import { openApiDocument } from './http/document.ts'
import { mountReference } from './http/reference.ts'
import { mount } from './http/transport.ts'
import { createRemoteKeySets } from './jose/remote-key-set.ts'
import { openDocuments } from './store/documents.ts'
import type { Store } from './store/store.ts'
import type { System } from './system/system.ts'

export function createApp({ store, system }: { store: Store; system: System }): Hono {
  const documents = openDocuments(store)
  const keySets = createRemoteKeySets(system.fetch, system.clock)
  const app = mount(endpoints, { store, system, documents, keySets })
  mountReference(app, () => openApiDocument(endpoints))
  return app
}
