/**
 * An OpenTelemetry SDK for `node --import`: it writes each span as a line of JSON into the file
 * SPANS_FILE. What an operator loads has a context manager and an exporter of its own.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { appendFileSync } from 'node:fs'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'

const storage = new AsyncLocalStorage()
context.setGlobalContextManager({
  active: () => storage.getStore() ?? ROOT_CONTEXT,
  with: (active, work, self, ...given) => storage.run(active, () => work.call(self, ...given)),
  bind: (_active, target) => target,
  enable() {
    return this
  },
  disable() {
    return this
  },
})
// W3C Trace Context §3.2.
propagation.setGlobalPropagator({
  inject() {},
  extract(parent, carrier, getter) {
    const [, traceId, spanId, flags] =
      /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(getter.get(carrier, 'traceparent')) ?? []
    if (!traceId) return parent
    const remote = { traceId, spanId, traceFlags: Number(flags), isRemote: true }
    return trace.setSpanContext(parent, remote)
  },
  fields: () => ['traceparent'],
})
const exporter = {
  export(spans, done) {
    for (const span of spans) {
      const { name, kind, attributes, status } = span
      const { traceId, spanId } = span.spanContext()
      const parent = span.parentSpanContext?.spanId
      const line = JSON.stringify({ name, kind, attributes, status, traceId, spanId, parent })
      appendFileSync(process.env.SPANS_FILE, `${line}\n`)
    }
    done({ code: 0 })
  },
  shutdown: async () => {},
}
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
trace.setGlobalTracerProvider(provider)
