/**
 * The console at `/console/`: its pages, its session, and the operations of the API at
 * `/console/api/…`, whose caller is that of the session. `/api/…` never looks at cookies.
 */
import { Hono } from 'hono'
import { getPath } from 'hono/utils/url'
import type { Caller } from '../../caller.ts'
import type { Dependencies } from '../../context.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import type { Arrived } from '../call/arrived.ts'
import type { Bindings } from '../call/hono-request.ts'
import type { Endpoint, Served } from '../endpoint.ts'
import { HttpResponse } from '../response.ts'
import {
  type App,
  answering,
  refuseUnrouted,
  routeEndpoints,
  type Transport,
} from '../transport.ts'
import { createFiles } from './files.ts'
import { logIn } from './login.ts'
import type { LoginCodes } from './login-codes.ts'
import { clearCookie, needsRenewal, sessionOf, setCookie } from './session.ts'

const rules = defineCallerRules('Console', {
  sessionEnded: {
    code: 'P148001',
    status: 401,
    message: 'No session of the console is open: log in.',
  },
  foreign: {
    code: 'P148002',
    status: 403,
    message:
      'The call does not come from the console of this server: it needs the header fields ' +
      '"Postern-Console" and "Sec-Fetch-Site: same-origin".',
  },
})

/** The value of a call that no person caused, such as one of a list that renews itself. */
const background = 'background'

/** Serves below `/console`; the paths that it routes are without that prefix. */
export function mountConsole(
  endpoints: readonly Endpoint[],
  transport: Transport,
  codes: LoginCodes,
): App {
  const { receive, serve, dependencies } = transport
  const answer = answering(transport)
  const app: App = new Hono<{ Bindings: Bindings }>({ getPath: pathInside })
  const fileAt = createFiles()

  routeEndpoints(app, endpoints, (c, endpoint) =>
    answer(c, endpoint.operationId, async (arrived, requestId) => {
      requireOwnPage(arrived)
      const { caller, fields } = await callerOf(arrived, dependencies)
      return withFields(await serve(arrived, endpoint, requestId, caller), fields)
    }),
  )
  app.post('/session', (c) =>
    answer(c, undefined, async (arrived, requestId) => {
      requireOwnPage(arrived)
      return receive(arrived, requestId, async (incoming) => {
        const session = await logIn(incoming, dependencies, codes)
        return { answer: empty(setCookie(arrived, dependencies, session)) }
      })
    }),
  )
  app.delete('/session', (c) =>
    answer(c, undefined, async (arrived) => {
      requireOwnPage(arrived)
      return { answer: empty(clearCookie(arrived)) }
    }),
  )
  refuseUnrouted(app, transport, async (arrived) => {
    const path = arrived.path.slice(1)
    const isPage = arrived.method === 'GET' && !/^(?:api|session)(?:\/|$)/.test(path)
    return isPage ? fileAt(path, arrived.field('accept-encoding')) : undefined
  })
  return app
}

const prefix = '/console'
const outside = '/api/-/-/-/-/-'

function pathInside(request: Request): string {
  const path = getPath(request)
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return outside
  return path.slice(prefix.length).replace(/\/$/, '') || '/'
}

/** Other sites cannot send these header fields, and the cookie is not sent with their requests. */
function requireOwnPage(arrived: Arrived): void {
  const isOwn =
    arrived.field('sec-fetch-site') === 'same-origin' && arrived.field('postern-console')
  if (!isOwn) refuseCaller(rules.foreign)
}

/** The caller of the session, and the header fields of the response. */
async function callerOf(
  arrived: Arrived,
  dependencies: Dependencies,
): Promise<{ caller: Caller; fields: Fields }> {
  const now = dependencies.system.clock()
  const found = await sessionOf(arrived, dependencies, now)
  if (!found) return refuseCaller(rules.sessionEnded)
  const { session, caller } = found
  const isUse = arrived.field('postern-console') !== background
  if (!isUse || !needsRenewal(session, now)) return { caller, fields: {} }
  const used = { ...session, usedAt: now }
  return { caller, fields: { 'Set-Cookie': setCookie(arrived, dependencies, used) } }
}

type Fields = Readonly<Record<string, string>>

const noStore = { 'Cache-Control': 'no-store' }

function withFields(served: Served, fields: Fields): Served {
  const { status, headers, body } = served.answer
  const answer = new HttpResponse(status, { ...noStore, ...headers, ...fields }, body)
  return { ...served, answer }
}

const empty = (cookie: string) => new HttpResponse(204, { ...noStore, 'Set-Cookie': cookie }, null)
