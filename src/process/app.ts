/** The application: all endpoints on a router, with their dependencies. */

import type { RequestListener } from 'node:http'
import { endpoints } from '../api/index.ts'
import { serviceCreateWithSecret } from '../api/service/create.ts'
import type { Dependencies, Outbox, Stored } from '../context.ts'
import { mountConsole } from '../http/console/app.ts'
import { createLoginCodes, loginLink } from '../http/console/login-codes.ts'
import { codePages } from '../http/explain/code-page.ts'
import { type Health, healthPages } from '../http/health.ts'
import { createListener } from '../http/listener.ts'
import { type Admission, createAdmission } from '../http/load-shedding/admission.ts'
import { referencePages } from '../http/reference.ts'
import { createRefusals } from '../http/refusals/ring.ts'
import { type App, createTransport, type Hearing, mount } from '../http/transport.ts'
import { withVersion2 } from '../http/v2.ts'
import { createRemoteKeySets } from '../jose/remote-key-set.ts'
import { createKeys } from '../jose/service-keys.ts'
import type { Refusals } from '../model/request/refused-call.ts'
import { type Documents, openDocuments } from '../store/configuration.ts'
import type { Store } from '../store/store.ts'
import { type Fetch, FetchError } from '../system/fetch.ts'
import '../system/prototype.ts'
import type { Sealer } from '../system/sealer.ts'
import type { System } from '../system/system.ts'
import type { Config } from './config.ts'
import { createExamine } from './doctor/running.ts'
import { createLogoutOutbox } from './logout-outbox.ts'

export { createRefusals }

interface Parts {
  store: Store
  system: System
  sealer: Sealer
  /** Services and clients as parsed documents, where others use them too. */
  documents?: Documents
  /** Where others stop it; without it, one that makes first attempts only. */
  outbox?: Outbox
  /** Refused calls, where others end the streams of them. */
  refusals?: Refusals
  observe?: Hearing['observe']
  surround?: Hearing['surround']
  health?: Health
  /** Key sets that were fetched for a service are not used for others. */
  keySetsPerService?: boolean
  /** Without it, all calls are admitted. */
  admission?: Admission
  /** Whether services may be test services. */
  testServices?: boolean | undefined
  /** Serves the console: at `/console/` of the application, or by an application of its own. */
  console?: { isApart: boolean }
  beforeScript?: Dependencies['beforeScript']
  /** What the installation is examined by. */
  config?: Config
}

export interface Apps {
  app: App
  /** The application for a server of Node. */
  listener: RequestListener
  /** The application for a listener of its own. */
  consoleApp: App | undefined
  /** A link that opens the console at this URL with the API token: once, within ten minutes. */
  consoleLink(url: string, token: string): string
}

/** The application with the operations of Authlete 2.x and 3.0, and its pages. */
export const createApp = (parts: Parts): App => createApps(parts).app

/** The application, and that of the console if it is served apart. */
export function createApps(parts: Parts): Apps {
  const { store, system, sealer, health, admission = createAdmission() } = parts
  const { documents = openDocuments(store, system.clock) } = parts
  const { behind } = store
  const replicated = behind && {
    ...behind,
    documents: openDocuments(behind.store, system.clock, 0.1),
  }
  const { outbox = createLogoutOutbox({ store, documents, system }) } = parts
  const { refusals = createRefusals(system.clock) } = parts
  const fetch = awaitingFetch(system.fetch, admission)
  const keySets = createRemoteKeySets(fetch, system.clock, parts.keySetsPerService)
  const outside = { ...system, fetch }
  const keys = createKeys(system.keyProviders)
  const { beforeScript, config, testServices = config?.testServices ?? false } = parts
  const examine = createExamine({ store, clock: system.clock, config })
  const outwards = { sealer, keySets, keys, outbox, refusals, examine }
  const dependencies = {
    store,
    system: outside,
    documents,
    asOf: replicated && ((milliseconds: number) => asOf(replicated, milliseconds)),
    beforeScript,
    testServices,
    ...outwards,
  }
  const pages = {
    ...healthPages(store, health),
    ...referencePages(),
    ...codePages(),
  }
  const both = withVersion2(endpoints, serviceCreateWithSecret)
  const transport = createTransport(dependencies, admission, parts)
  const app = mount(both, pages, transport)
  const codes = createLoginCodes(system)
  const consoleApp = parts.console && mountConsole(endpoints, transport, codes)
  if (consoleApp && !parts.console?.isApart) {
    app.all('/console/*', (c) => consoleApp.fetch(c.req.raw, c.env))
  }
  return {
    app,
    listener: createListener(both, transport, app),
    consoleApp: parts.console?.isApart ? consoleApp : undefined,
    consoleLink: (url, token) => loginLink(url, codes.issue(token)),
  }
}

/** A call holds no slot while it waits for a fetch. Too many waiting calls are refused. */
function awaitingFetch(fetch: Fetch, admission: Admission): Fetch {
  return async (url, options) => {
    const { serviceId, purpose } = options
    const waiting = admission.awaitServer(serviceId, () => fetch(url, options))
    if (!waiting) throw new FetchError('busy', { purpose })
    return waiting
  }
}

/** The replica, if it is as recent as a caller wants it. */
function asOf({ age, store, documents }: Replicated, milliseconds: number): Stored | undefined {
  return age() <= milliseconds ? { store, documents } : undefined
}
type Replicated = Stored & { age(): number }
