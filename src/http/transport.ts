/** The endpoints on a Hono app: routing, limits and unexpected errors; nothing of the protocol. */
import { Hono, type Context as HonoContext } from 'hono'
import { CallerError, defineCallerRules, defineResults } from '../refusal.ts'
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
})

/** Real faults only: callers retry on a 5xx. */
const results = defineResults('Transport', {
  fault: { code: 'P000001', says: 'Postern failed to process the call; its log says why.' },
})

export function mount(endpoints: readonly Endpoint[], dependencies: Dependencies): Hono {
  const app = new Hono({ strict: false })
  for (const endpoint of byPrecedence(endpoints)) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1')
    app.on(endpoint.method.toUpperCase(), path, async (c) => {
      const started = dependencies.system.clock()
      const response = await endpoint.serve(incomingOf(c), dependencies)
      dependencies.system.log.debug(
        {
          operation: endpoint.operationId,
          status: response.status,
          milliseconds: dependencies.system.clock() - started,
        },
        'served',
      )
      return response
    })
  }
  const paths = new Set(endpoints.map((endpoint) => endpoint.path.replace(/\{(\w+)\}/g, ':$1')))
  for (const path of paths) app.all(path, () => fail(rules.methodUnknown))
  app.notFound(() => callerErrorResponse(new CallerError(rules.operationUnknown)))
  app.onError((error) => {
    if (error instanceof CallerError) return callerErrorResponse(error)
    dependencies.system.log.error({ error }, 'the call failed')
    return Response.json(explainResult(results.fault), { status: 500 })
  })
  return app
}

/** `/client/get/list` is not a client called list: fixed segments go before parameters. */
const byPrecedence = (endpoints: readonly Endpoint[]): Endpoint[] =>
  [...endpoints].sort((a, b) => (precedence(a.path) < precedence(b.path) ? -1 : 1))

const precedence = (path: string) => path.replace(/\{\w+\}/g, '\uffff')

function fail(rule: ConstructorParameters<typeof CallerError>[0]): never {
  throw new CallerError(rule)
}

function incomingOf(c: HonoContext) {
  return {
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
