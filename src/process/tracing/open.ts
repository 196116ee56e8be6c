/**
 * Spans, only where the operator has loaded an SDK of OpenTelemetry (`--import`): without one, its
 * API is not loaded either.
 */
import type { Tracing } from './tracing.ts'

/** What an SDK of the API's first version sets when it registers itself. */
const registered = Symbol.for('opentelemetry.js.api.1')

/** Undefined if no tracer is registered at the start. */
export async function openTracing(version: string): Promise<Tracing | undefined> {
  if (!(registered in globalThis)) return undefined
  const { findTracer, tracingBy } = await import('./tracing.ts')
  const tracer = findTracer(version)
  return tracer && tracingBy(tracer)
}
