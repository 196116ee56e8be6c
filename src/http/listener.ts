/**
 * The listener of calls on Node's own server: operations at a fixed path of a service, which are
 * those that frontends call for each request of a client. Everything else goes to the router.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { getRequestListener } from '@hono/node-server'
import { CallerError, type CallerRule } from '../refusal.ts'
import { refusedAgain } from './admit.ts'
import { NodeRequest } from './call/node-request.ts'
import { answersOfTurn } from './call/sending.ts'
import { callerErrorResponse, type Endpoint } from './endpoint.ts'
import { refusalNotes } from './load-shedding/over-quota.ts'
import type { HttpResponse } from './response.ts'
import type { App, Transport } from './transport.ts'

const ofService = '/api/{serviceId}/'
/** A path as callers write it. Other spellings of it are for the router. */
const plainPath = /^\/api\/([1-9]\d{0,15})\/([\w./-]+)$/

export function createListener(
  endpoints: readonly Endpoint[],
  { serve, respond, observe, dependencies }: Transport,
  app: App,
): RequestListener {
  const router: RequestListener = getRequestListener(app.fetch)
  const fixed = new Map(
    endpoints
      .filter(({ path }) => path.startsWith(ofService) && !path.includes('{', ofService.length))
      .map((each) => [`${each.method.toUpperCase()} ${each.path.slice(ofService.length)}`, each]),
  )
  const { store, system } = dependencies
  const { log } = system

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse, call: Found) {
    const { endpoint, path, serviceId } = call
    const arrived = new NodeRequest(incoming, path, { serviceId })
    const made = await respond(arrived, endpoint.operationId, (requestId) =>
      serve(arrived, endpoint, requestId),
    )
    await answersOfTurn()
    await send(made, outgoing)
  }

  const note = refusalNotes(log)
  const answers = new Map<string, ReturnType<typeof preparedAnswer>>()

  /** A call over a quota must cost the other services as little as possible. */
  function refuseAgain(incoming: IncomingMessage, outgoing: ServerResponse, call: Found): boolean {
    const { endpoint, serviceId } = call
    const rule = refusedAgain(endpoint, Number(serviceId), incoming.headers, dependencies)
    if (!rule) return false
    const { code: resultCode, status } = rule
    const made = answers.get(resultCode) ?? preparedAnswer(rule)
    answers.set(resultCode, made)
    outgoing.writeHead(status, made.headers).end(made.body)
    const { operationId: operation } = endpoint
    observe({ operation, action: undefined, resultCode, status, milliseconds: 0, ignored: 0 })
    note(serviceId)
    return true
  }

  return (incoming, outgoing) => {
    store.arrived(true)
    const [, serviceId, tail] = plainPath.exec(incoming.url ?? '') ?? []
    const endpoint = fixed.get(`${incoming.method} ${tail}`)
    if (!endpoint || !serviceId) return router(incoming, outgoing)
    const call = { endpoint, path: incoming.url ?? '', serviceId }
    if (refuseAgain(incoming, outgoing, call)) return
    answer(incoming, outgoing, call).catch((error: unknown) => {
      log.error({ operation: endpoint.operationId, error }, 'a response could not be sent')
      outgoing.destroy()
    })
  }
}

function preparedAnswer(rule: CallerRule) {
  const { headers, body } = callerErrorResponse(new CallerError(rule))
  const bytes = Buffer.from(String(body))
  return { headers: { ...headers, 'Content-Length': bytes.byteLength }, body: bytes }
}

interface Found {
  endpoint: Endpoint
  path: string
  serviceId: string
}

async function send({ status, headers, body }: HttpResponse, outgoing: ServerResponse) {
  if (body instanceof ReadableStream) {
    outgoing.writeHead(status, headers)
    // The caller may leave at any time.
    await pipeline(Readable.fromWeb(body as NodeStream), outgoing).catch(() => outgoing.destroy())
  } else if (body === null) {
    outgoing.writeHead(status, headers).end()
  } else {
    const length = { 'Content-Length': Buffer.byteLength(body) }
    outgoing.writeHead(status, { ...headers, ...length }).end(body)
  }
}
