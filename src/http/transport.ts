/** The endpoints on a Hono app: routing, limits, logging and unexpected errors. */
import { Hono } from 'hono'
import type { Caller } from '../caller.ts'
import type { Dependencies } from '../context.ts'
import { CallerError, defineResults } from '../refusal.ts'
import { isUnavailable } from '../store/unavailable.ts'
import type { Incoming } from './admit.ts'
import type { Arrived } from './call/arrived.ts'
import { type Bindings, HonoRequest, type Transported, webResponse } from './call/hono-request.ts'
import { ignoredNotes } from './call/ignored.ts'
import { fail, incomingOf, rules } from './call/receive.ts'
import { explainResult } from './call/reply.ts'
import { callerErrorResponse, type Endpoint, type Served } from './endpoint.ts'
import type { Admission } from './load-shedding/admission.ts'
import { createArrivals } from './load-shedding/arrivals.ts'
import { HttpResponse, jsonResponse } from './response.ts'

/** Only for unexpected errors, because callers retry after a 5xx. */
const results = defineResults('Transport', {
  fault: {
    code: 'P000001',
    message: 'Postern failed to process the call: the log of the server has the reason.',
  },
})

/** The gate's response to a call that is refused before routing. */
export const overloaded = {
  code: rules.overloaded.code,
  answer: callerErrorResponse(new CallerError(rules.overloaded)),
}

/** Data of a request for log and metrics, without its body and without personal data. */
export interface Call {
  /** The operationId; undefined for a path without an operation. */
  operation: string | undefined
  action: string | undefined
  resultCode: string | undefined
  status: number
  milliseconds: number
  /** The number of unknown members of the body. */
  ignored: number
}

/** An operation that is called, before its body is read. */
export interface Begun {
  operation: string
  method: string
  /** The template of the path. */
  route: string
  /** The id in the path. */
  service: string | undefined
  requestId: string
  /** A field of the request's header. */
  field(name: string): string | undefined
}

/** What surrounds the work of a call. */
export type Surround = (call: Begun, work: () => Promise<Served>) => Promise<Served>

/** What hears of calls. */
export interface Hearing {
  /** Called after every request. */
  observe?: ((call: Call) => void) | undefined
  surround?: Surround | undefined
}

export type App = Hono<{ Bindings: Bindings }>

/** Public pages besides the endpoints, by path; `:name` stands for a segment. */
export type Pages = Record<
  string,
  (parameters: Record<string, string>) => HttpResponse | Promise<HttpResponse>
>

type Use = (incoming: Incoming) => Promise<Served>

/** What every route does around its operation or page. */
export interface Transport {
  readonly dependencies: Dependencies
  /** Counts a call while it is processed. */
  receive(arrived: Arrived, requestId: string, use: Use): Promise<Served>
  /** Serves an endpoint within the limits of admission. The console knows its caller already. */
  serve(arrived: Arrived, endpoint: Endpoint, requestId: string, caller?: Caller): Promise<Served>
  /** Answers with request id, log line and metrics, whatever is thrown. */
  respond(arrived: Arrived, operation: string | undefined, produce: Produce): Promise<HttpResponse>
  /** Hears of a call that was refused before anything surrounds it. */
  observe(call: Call): void
}

export function createTransport(
  dependencies: Dependencies,
  admission: Admission,
  { observe = () => {}, surround }: Hearing = {},
): Transport {
  const arrivals = createArrivals(admission.maxBodyMilliseconds)

  async function receive(arrived: Arrived, requestId: string, use: Use): Promise<Served> {
    const slot = admission.begin(arrived.path)
    try {
      return await use(incomingOf(arrived, requestId, slot, arrivals))
    } finally {
      slot.end()
    }
  }

  async function serveAdmitted(
    arrived: Arrived,
    endpoint: Endpoint,
    requestId: string,
    caller?: Caller,
  ): Promise<Served> {
    // Public operations are served even under overload.
    const { path } = arrived
    if (endpoint.right !== 'public' && admission.isFull(path)) fail(rules.overloaded)
    if (endpoint.yieldsUnderLoad && admission.isBusy()) fail(rules.overloaded)
    return receive(arrived, requestId, (incoming) => {
      if (caller) incoming.admitted = caller
      return endpoint.serve(incoming, dependencies)
    })
  }

  async function serve(arrived: Arrived, endpoint: Endpoint, requestId: string, caller?: Caller) {
    if (!surround) return serveAdmitted(arrived, endpoint, requestId, caller)
    const about = { requestId, operation: endpoint.operationId }
    return surround(begunOf(arrived, endpoint, requestId), () =>
      serveAdmitted(arrived, endpoint, requestId, caller).catch((error: unknown) =>
        answerError(error, about, dependencies.system.log),
      ),
    )
  }
  const respond = responding(dependencies.system, observe)
  return { dependencies, receive, serve, respond, observe }
}

/** Routes the endpoints and pages. */
export function mount(endpoints: readonly Endpoint[], pages: Pages, transport: Transport): App {
  const answer = answering(transport)
  const app: App = new Hono<{ Bindings: Bindings }>({ strict: false })
  routeEndpoints(app, endpoints, (c, endpoint) =>
    answer(c, endpoint.operationId, (arrived, requestId) =>
      transport.serve(arrived, endpoint, requestId),
    ),
  )
  for (const [path, page] of Object.entries(pages)) {
    app.get(path, (c) =>
      answer(c, undefined, async ({ params }) => ({ answer: await page(params) })),
    )
  }
  refuseUnrouted(app, transport)
  return app
}

/** How a route answers, by what its operation or page does. */
export const answering =
  ({ respond }: Transport) =>
  async (
    c: Transported,
    operation: string | undefined,
    produce: (arrived: Arrived, requestId: string) => Promise<Served>,
  ): Promise<Response> => {
    const arrived = new HonoRequest(c)
    return webResponse(await respond(arrived, operation, (id) => produce(arrived, id)))
  }

export function routeEndpoints(
  app: App,
  endpoints: readonly Endpoint[],
  handle: (c: Transported, endpoint: Endpoint) => Promise<Response>,
): void {
  for (const endpoint of byPrecedence(endpoints)) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1')
    app.on(endpoint.method.toUpperCase(), path, (c) => handle(c, endpoint))
  }
}

/**
 * Refuses paths without an operation, and methods that a path does not support, unless there is a
 * page.
 */
export function refuseUnrouted(
  app: App,
  transport: Transport,
  pageAt: (arrived: Arrived) => Promise<HttpResponse | undefined> = async () => undefined,
): void {
  const answer = answering(transport)
  const methodsOf = (path: string) =>
    methods.filter((method) => app.router.match(method, path)[0].length > 0)
  app.notFound((c) =>
    answer(c, undefined, async (arrived) => {
      const page = await pageAt(arrived)
      if (page) return { answer: page }
      const allowed = methodsOf(arrived.path)
      return allowed.length > 0 ? refuseMethod(allowed) : fail(rules.operationUnknown)
    }),
  )
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** RFC 9110 §15.5.6: a 405 response has the supported methods in Allow. */
function refuseMethod(allowed: readonly string[]): Served {
  const { answer, resultCode } = answerCallerError(new CallerError(rules.methodUnknown))
  const { status, headers, body } = answer
  return {
    answer: new HttpResponse(status, { ...headers, Allow: allowed.join(', ') }, body),
    resultCode,
  }
}

type Produce = (requestId: string) => Promise<Served>

/** Adds X-Request-Id to every response, so that callers can find its log line. */
function responding(system: Dependencies['system'], observe: (call: Call) => void) {
  const { clock, random, log } = system
  const noteIgnored = ignoredNotes(log)
  return async (
    arrived: Arrived,
    operation: string | undefined,
    produce: Produce,
  ): Promise<HttpResponse> => {
    const started = clock()
    const named = arrived.field('x-request-id') ?? ''
    const requestId = saneRequestId.test(named) ? named : random.uuid()
    const {
      answer,
      action,
      resultCode,
      ignored = [],
    } = await produce(requestId).catch((error: unknown) =>
      answerError(error, { requestId, operation }, log),
    )
    const { status, headers, body } = answer
    const milliseconds = Math.max(0, clock() - started)
    const ending = { action, resultCode, status, milliseconds }
    if (ignored.length > 0) noteIgnored(requestId, operation ?? '', ignored)
    const service = serviceIn(arrived.path)
    const isProbe = operation === undefined && arrived.path.startsWith('/health/')
    log[isProbe ? 'debug' : 'info']({ requestId, service, operation, ...ending }, 'served')
    observe({ operation, ...ending, ignored: ignored.length })
    return new HttpResponse(status, { ...headers, 'X-Request-Id': requestId }, body)
  }
}

const serviceIn = (path: string): string | undefined =>
  /^\/api\/([1-9]\d{0,15})(?:\/|$)/.exec(path)?.[1]

const begunOf = (
  arrived: Arrived,
  { operationId, method, path }: Endpoint,
  requestId: string,
): Begun => ({
  operation: operationId,
  method,
  route: path,
  service: serviceIn(arrived.path),
  requestId,
  field: (name) => arrived.field(name),
})

function answerError(
  error: unknown,
  about: { requestId: string; operation: string | undefined },
  log: Dependencies['system']['log'],
): Served {
  if (error instanceof CallerError) return answerCallerError(error)
  if (isUnavailable(error)) {
    log.warn({ requestId: about.requestId, error }, 'the database cannot be used')
    return answerCallerError(new CallerError(rules.storeUnavailable))
  }
  log.error({ ...about, error }, 'the call failed')
  return { answer: jsonResponse(explainResult(results.fault), 500), resultCode: results.fault.code }
}

const answerCallerError = (error: CallerError): Served => ({
  answer: callerErrorResponse(error),
  resultCode: error.rule.code,
})

/** Request ids from callers that are safe in log lines and headers. */
const saneRequestId = /^[\w.:~+/=-]{1,128}$/

/** Fixed segments come before parameters: `/client/get/list` is not a client with the id list. */
const byPrecedence = (endpoints: readonly Endpoint[]): Endpoint[] =>
  [...endpoints].sort((a, b) => (precedence(a.path) < precedence(b.path) ? -1 : 1))

const precedence = (path: string) => path.replace(/\{\w+\}/g, '\uffff')
