/** The endpoints on a Hono app: routing, limits and unexpected errors; nothing of the protocol. */
import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono'
import { CallerError, defineCallerRules, defineResults } from '../refusal.ts'
import { isUnavailable } from '../store/unavailable.ts'
import type { Admission } from './admission.ts'
import { bodyLimitBytes, type RawBody, refuseTooLarge } from './body.ts'
import type { Dependencies } from './context.ts'
import { callerErrorResponse, type Endpoint, explainResult } from './endpoint.ts'

const rules = defineCallerRules('Transport', {
  operationUnknown: { code: 'P000401', status: 404, says: 'There is no such operation.' },
  methodUnknown: {
    code: 'P000402',
    status: 405,
    says: 'The operation is not called with this HTTP method.',
  },
  storeUnavailable: {
    code: 'P000801',
    status: 503,
    says: 'The database cannot be used at present; whether the call had an effect is not known.',
  },
  overloaded: {
    code: 'P000802',
    status: 503,
    says: 'More calls are under way than Postern takes at once; this one had no effect.',
  },
})

/** Real faults only: callers retry on a 5xx. */
const results = defineResults('Transport', {
  fault: { code: 'P000001', says: 'Postern failed to process the call; its log says why.' },
})

/** What a call is answered that is refused before the application hears of it. */
export const overloaded = {
  code: rules.overloaded.code,
  response: () => callerErrorResponse(new CallerError(rules.overloaded)),
}

/** What the log and the metrics are told of each request: nothing of its body, and no person. */
export interface Call {
  /** The operation's name; undefined for paths that are none. */
  operation: string | undefined
  action: string | undefined
  resultCode: string | undefined
  status: number
  milliseconds: number
}

/** What a request is known by while it is served. */
type Variables = { requestId: string } & Partial<Pick<Call, 'operation' | 'action' | 'resultCode'>>
export type App = Hono<{ Variables: Variables }>

export function mount(
  endpoints: readonly Endpoint[],
  dependencies: Dependencies,
  admission: Admission,
  observe: (call: Call) => void = () => {},
): App {
  const app: App = new Hono<{ Variables: Variables }>({ strict: false })
  app.use(recording(dependencies.system, observe))
  for (const endpoint of byPrecedence(endpoints)) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1')
    app.on(endpoint.method.toUpperCase(), path, async (c) => {
      c.set('operation', endpoint.operationId)
      // Whether Postern lives can be asked however busy it is.
      if (endpoint.right !== 'public' && admission.isFull()) fail(rules.overloaded)
      const serve = () => endpoint.serve(incomingOf(c), dependencies)
      const served = await admission.during(serve)
      c.set('action', served.action)
      c.set('resultCode', served.resultCode)
      return served.response
    })
  }
  const paths = new Set(endpoints.map((endpoint) => endpoint.path.replace(/\{(\w+)\}/g, ':$1')))
  for (const path of paths) app.all(path, () => fail(rules.methodUnknown))
  app.notFound((c) => answerCallerError(c, new CallerError(rules.operationUnknown)))
  app.onError((error, c) => {
    if (error instanceof CallerError) return answerCallerError(c, error)
    const { requestId, operation } = c.var
    if (isUnavailable(error)) {
      dependencies.system.log.warn({ requestId, error }, 'the database cannot be used')
      return answerCallerError(c, new CallerError(rules.storeUnavailable))
    }
    dependencies.system.log.error({ requestId, operation, error }, 'the call failed')
    c.set('resultCode', results.fault.code)
    return Response.json(explainResult(results.fault), { status: 500 })
  })
  return app
}

function answerCallerError(c: HonoContext<{ Variables: Variables }>, error: CallerError): Response {
  c.set('resultCode', error.rule.code)
  return callerErrorResponse(error)
}

/** One line for each request, and the name by which its caller finds the line. */
function recording(
  { clock, random, log }: Dependencies['system'],
  observe: (call: Call) => void,
): MiddlewareHandler<{ Variables: Variables }> {
  return async (c, next) => {
    const started = clock()
    const named = c.req.header('x-request-id') ?? ''
    const requestId = saneRequestId.test(named) ? named : random.uuid()
    c.set('requestId', requestId)
    await next()
    c.header('X-Request-Id', requestId)
    const { operation, action, resultCode } = c.var
    const { status } = c.res
    const milliseconds = Math.max(0, clock() - started)
    const call = { operation, action, resultCode, status, milliseconds }
    const [, service] = /^\/api\/(\d{1,16})(?:\/|$)/.exec(c.req.path) ?? []
    const isProbe = c.req.path.startsWith('/health/')
    log[isProbe ? 'debug' : 'info']({ requestId, service, ...call }, 'served')
    observe(call)
  }
}

/** What may stand in a log line and a header as it came. */
const saneRequestId = /^[\w.:~+/=-]{1,128}$/

/** `/client/get/list` is not a client called list: fixed segments go before parameters. */
const byPrecedence = (endpoints: readonly Endpoint[]): Endpoint[] =>
  [...endpoints].sort((a, b) => (precedence(a.path) < precedence(b.path) ? -1 : 1))

const precedence = (path: string) => path.replace(/\{\w+\}/g, '\uffff')

function fail(rule: ConstructorParameters<typeof CallerError>[0]): never {
  throw new CallerError(rule)
}

function incomingOf(c: HonoContext<{ Variables: Variables }>) {
  return {
    requestId: c.var.requestId,
    authorization: c.req.header('authorization'),
    prefer: c.req.header('prefer'),
    params: c.req.param() as Record<string, string>,
    query: () => c.req.query(),
    body: () => readBody(c.req.raw),
  }
}

/** Reads no more than the limit, whether or not the length was announced. */
async function readBody(request: Request): Promise<RawBody> {
  const contentType = request.headers.get('content-type') ?? undefined
  const announced = request.headers.get('content-length')
  if (Number(announced ?? 0) > bodyLimitBytes) refuseTooLarge()
  // Nothing that is longer than it was announced gets through the HTTP parser: no stream is needed.
  const bytes = announced === null ? await readStream(request) : await readWhole(request)
  return { contentType, bytes }
}

async function readWhole(request: Request): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > bodyLimitBytes) refuseTooLarge()
  return bytes
}

async function readStream(request: Request): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength
    if (length > bodyLimitBytes) refuseTooLarge()
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}
