/**
 * Spans for calls, commits and fetches, by the OpenTelemetry API alone. Without an SDK, which the
 * operator loads with `--import`, there is no tracer, and nothing here runs.
 */
import {
  context,
  ProxyTracerProvider,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { currentTrace } from '../../explain/trace.ts'
import type { Begun, Surround } from '../../http/transport.ts'
import { parseUrl } from '../../model/url.ts'
import { CallerError, Refusal } from '../../refusal.ts'
import type { Store } from '../../store/store.ts'
import { type Fetch, FetchError } from '../../system/fetch.ts'

/** The tracer of the SDK, if one is registered at the start. */
export function findTracer(version: string): Tracer | undefined {
  const provider = trace.getTracerProvider()
  // The API's own provider has a delegate once an SDK is registered.
  const isMissing =
    provider instanceof ProxyTracerProvider && !provider.getDelegateTracer('postern', version)
  return isMissing ? undefined : trace.getTracer('postern', version)
}

/** What calls, commits and fetches are surrounded with. */
export interface Tracing {
  surround: Surround
  store(store: Store, dialect: 'sqlite' | 'postgres'): Store
  fetch(fetch: Fetch): Fetch
}

export const tracingBy = (tracer: Tracer): Tracing => ({
  surround: tracedCalls(tracer),
  store: (store, dialect) => tracedStore(tracer, store, dialect),
  fetch: (fetch) => tracedFetch(tracer, fetch),
})

const getter = {
  keys: () => [],
  get: (call: Begun, name: string) => call.field(name),
}

/** The span of a call, which continues the trace of the caller. No parameters, and no subjects. */
const tracedCalls =
  (tracer: Tracer): Surround =>
  (call, work) => {
    const parent = propagation.extract(ROOT_CONTEXT, call, getter)
    const method = call.method.toUpperCase()
    const attributes = {
      'http.request.method': method,
      'http.route': call.route,
      'postern.operation': call.operation,
      'postern.request_id': call.requestId,
      ...(call.service !== undefined && { 'postern.service.id': call.service }),
    }
    const options = { kind: SpanKind.SERVER, attributes }
    return tracer.startActiveSpan(`${method} ${call.route}`, options, parent, async (span) => {
      try {
        const ended = await work()
        const { status } = ended.answer
        span.setAttribute('http.response.status_code', status)
        if (ended.action) span.setAttribute('postern.action', ended.action)
        if (ended.resultCode) span.setAttribute('postern.result_code', ended.resultCode)
        if (status >= 500) fail(span, String(status))
        return ended
      } finally {
        span.end()
      }
    })
  }

const fail = (span: Span, type: string): void => {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** The name of an error without its message, which can contain values. */
const typeOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error')

/** The store, whose commits are spans. */
function tracedStore(tracer: Tracer, store: Store, dialect: 'sqlite' | 'postgres'): Store {
  const attributes = {
    'db.system.name': dialect === 'postgres' ? 'postgresql' : 'sqlite',
    'db.operation.name': 'COMMIT',
  }
  const options = { kind: SpanKind.CLIENT, attributes }
  return {
    ...store,
    commit(...writes) {
      const call = trace.getSpan(context.active())
      const issued = writes.find((write) => write.issued)?.issued
      if (issued) call?.setAttribute('postern.grant_type', issued.grantType)
      return tracer.startActiveSpan('COMMIT', options, async (span) => {
        span.setAttribute('db.operation.batch.size', writes.length)
        try {
          await store.commit(...writes)
        } catch (error) {
          // A guarded write that was refused is an answer, not a failure.
          if (!(error instanceof Refusal || error instanceof CallerError)) fail(span, typeOf(error))
          throw error
        } finally {
          span.end()
        }
      })
    },
  }
}

/** The outbound fetch, whose requests are spans. The trace is not told to other servers. */
const tracedFetch =
  (tracer: Tracer, fetch: Fetch): Fetch =>
  (url, fetched) => {
    if (currentTrace()?.isRehearsal) return fetch(url, fetched)
    const { method = 'GET', purpose } = fetched
    const { hostname, port, protocol } = parseUrl(url) ?? {}
    const attributes = {
      'http.request.method': method,
      'postern.fetch.purpose': purpose,
      ...(hostname && { 'server.address': hostname }),
      ...(hostname && { 'server.port': Number(port || (protocol === 'http:' ? 80 : 443)) }),
    }
    return tracer.startActiveSpan(method, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      try {
        const answer = await fetch(url, fetched)
        span.setAttribute('http.response.status_code', answer.status)
        return answer
      } catch (error) {
        const { reason = typeOf(error), status } = error instanceof FetchError ? error : {}
        if (status !== undefined) span.setAttribute('http.response.status_code', status)
        fail(span, reason)
        throw error
      } finally {
        span.end()
      }
    })
  }
