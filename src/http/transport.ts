/** The endpoints on a Hono app: routing, limits, logging and unexpected errors. */
import { Hono } from 'hono'
import type { Dependencies } from '../context.ts'
import { CallerError, defineCallerRules, defineResults } from '../refusal.ts'
import { isUnavailable } from '../store/unavailable.ts'
import type { Incoming } from './admit.ts'
import { type RawBody, refuseTooLarge } from './body.ts'
import { type Bindings, fieldOf, type Transported } from './call/header-field.ts'
import { explainResult } from './call/reply.ts'
import { networkOf } from './client-address.ts'
import { callerErrorResponse, type Endpoint, type Served } from './endpoint.ts'
import type { Admission } from './load-shedding/admission.ts'
import { type Arrivals, createArrivals, type Missed } from './load-shedding/arrivals.ts'
import type { CallSlot } from './load-shedding/call-slot.ts'
import { HttpResponse, jsonResponse } from './response.ts'

const rules = defineCallerRules('Transport', {
  operationUnknown: {
    code: 'P000401',
    status: 404,
    message: 'The operation is unknown: check the path of the URL.',
  },
  methodUnknown: {
    code: 'P000402',
    status: 405,
    message: 'The HTTP method is not supported by this operation.',
  },
  storeUnavailable: {
    code: 'P000801',
    status: 503,
    message: 'The database is not available at present; whether the call had an effect is unknown.',
  },
  overloaded: {
    code: 'P000802',
    status: 503,
    message:
      'The server is overloaded and rejected the call without processing it: try again later.',
  },
  bodyLate: {
    code: 'P000803',
    status: 408,
    message: 'The request body was not received completely in time.',
  },
})

const missed = { late: rules.bodyLate, crowded: rules.overloaded }

/** Only for unexpected errors, because callers retry after a 5xx. */
const results = defineResults('Transport', {
  fault: {
    code: 'P000001',
    message: 'Postern failed to process the call: the log of the server has the reason.',
  },
})

/** The response of the gate to a call that is refused before routing. */
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

export type App = Hono<{ Bindings: Bindings }>

/** Public pages besides the endpoints, by path; `:name` stands for a segment. */
export type Pages = Record<
  string,
  (parameters: Record<string, string>) => HttpResponse | Promise<HttpResponse>
>

/** Routes the endpoints and pages, with admission control, request ids and logging. */
export function mount(
  endpoints: readonly Endpoint[],
  pages: Pages,
  dependencies: Dependencies,
  admission: Admission,
  observe: (call: Call) => void = () => {},
): App {
  const app: App = new Hono<{ Bindings: Bindings }>({ strict: false })
  const respond = responding(dependencies.system, observe)
  const arrivals = createArrivals(admission.maxBodyMilliseconds)

  async function serve(c: Transported, endpoint: Endpoint, requestId: string): Promise<Served> {
    // Public operations are served even under overload.
    const { path } = c.req
    if (endpoint.right !== 'public' && admission.isFull(path)) fail(rules.overloaded)
    if (endpoint.yieldsUnderLoad && admission.isBusy()) fail(rules.overloaded)
    const slot = admission.begin(path)
    try {
      return await endpoint.serve(incomingOf(c, requestId, slot, arrivals), dependencies)
    } finally {
      slot.end()
    }
  }

  for (const endpoint of byPrecedence(endpoints)) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1')
    app.on(endpoint.method.toUpperCase(), path, (c) =>
      respond(c, endpoint.operationId, (requestId) => serve(c, endpoint, requestId)),
    )
  }
  for (const [path, page] of Object.entries(pages)) {
    app.get(path, (c) =>
      respond(c, undefined, async () => ({
        answer: await page(c.req.param() as Record<string, string>),
      })),
    )
  }
  const methodsOf = (path: string) =>
    methods.filter((method) => app.router.match(method, path)[0].length > 0)
  app.notFound((c) =>
    respond(c, undefined, async () => {
      const allowed = methodsOf(c.req.path)
      return allowed.length > 0 ? refuseMethod(allowed) : fail(rules.operationUnknown)
    }),
  )
  return app
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
    c: Transported,
    operation: string | undefined,
    produce: Produce,
  ): Promise<Response> => {
    const started = clock()
    const named = fieldOf(c, 'x-request-id') ?? ''
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
    const [, service] = /^\/api\/([1-9]\d{0,15})(?:\/|$)/.exec(c.req.path) ?? []
    const isProbe = c.req.path.startsWith('/health/')
    log[isProbe ? 'debug' : 'info']({ requestId, service, operation, ...ending }, 'served')
    observe({ operation, ...ending, ignored: ignored.length })
    return new Response(body, { status, headers: { ...headers, 'X-Request-Id': requestId } })
  }
}

const mostIgnored = 1_000
/** Paths that look like property names. Other text is not logged: it may contain a secret. */
const propertyPath = /^(?:[A-Za-z_]{1,40}|\d{1,4})(?:\.(?:[A-Za-z_]{1,40}|\d{1,4}))*$/

/**
 * Logs each ignored member of an operation only once, because clients repeat it with every call.
 * The metric counts all of them.
 */
function ignoredNotes(log: Dependencies['system']['log']) {
  const noted = new Set<string>()
  return (requestId: string, operation: string, ignored: readonly string[]): void => {
    const names = ignored.map((path) => (propertyPath.test(path) ? path : '?'))
    const news = names.filter((name) => !noted.has(`${operation} ${name}`))
    if (news.length === 0 || noted.size >= mostIgnored) return
    for (const name of news) noted.add(`${operation} ${name}`)
    log.warn({ requestId, operation, ignored: news }, 'members of a request had no effect')
  }
}

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

function fail(rule: ConstructorParameters<typeof CallerError>[0]): never {
  throw new CallerError(rule)
}

function incomingOf(
  c: Transported,
  requestId: string,
  slot: CallSlot,
  arrivals: Arrivals,
): Incoming {
  return {
    requestId,
    assign(serviceId) {
      if (!slot.assign(serviceId)) fail(rules.overloaded)
    },
    authorization: fieldOf(c, 'authorization'),
    prefer: fieldOf(c, 'prefer'),
    field: (name) => fieldOf(c, name),
    sender: () => networkOf(c.env?.incoming?.socket.remoteAddress),
    clientAddress: networkOf(fieldOf(c, 'x-client-address')),
    params: c.req.param() as Record<string, string>,
    query: () => c.req.query(),
    body: (limit) => receiveBody(c, limit, slot, arrivals),
  }
}

/** A call holds no slot while it waits for its body, and has a deadline for it. */
function receiveBody(
  c: Transported,
  limit: number,
  slot: CallSlot,
  arrivals: Arrivals,
): Promise<RawBody> {
  const reading = readBody(c, limit)
  return new Promise((resolve, reject) => {
    const refuse = (why: Missed) => reject(new CallerError(missed[why]))
    const arrival = arrivals.expect(slot, refuse)
    reading.then(
      (raw) => (arrival.arrived() ? resolve(raw) : refuse('crowded')),
      (error: unknown) => {
        arrival.failed()
        if (error instanceof CallerError) reject(error)
        else refuse('late')
      },
    )
  })
}

/** Reads at most `limit` bytes, with or without a Content-Length. */
async function readBody(c: Transported, limit: number): Promise<RawBody> {
  const contentType = fieldOf(c, 'content-type')
  const announced = fieldOf(c, 'content-length')
  if (Number(announced ?? 0) > limit) refuseTooLarge()
  const { raw } = c.req
  // The HTTP parser enforces Content-Length, so a stream is needed only without it.
  const bytes = announced === undefined ? await readStream(raw, limit) : await readWhole(raw, limit)
  return { contentType, bytes }
}

async function readWhole(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > limit) refuseTooLarge()
  return bytes
}

async function readStream(request: Request, limit: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength
    if (length > limit) refuseTooLarge()
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}
