/** The metrics of the definitions, in a registry. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { type Definition, type Definitions, definitions } from './definitions.ts'

type LabelOf<D> = D extends { labels: Record<infer L extends string, string> } ? L : never

type Instrument<D> = D extends { type: 'counter' }
  ? Counter<LabelOf<D>>
  : D extends { type: 'gauge' }
    ? Gauge<LabelOf<D>>
    : Histogram<LabelOf<D>>

export type Instruments = { readonly [N in keyof Definitions]: Instrument<Definitions[N]> }

/** Gauges that are read when the metrics are; each sets its own. */
export type Collectors = Partial<Record<keyof Definitions, () => Promise<void> | void>>

export function createInstruments(registry: Registry, collectors: Collectors): Instruments {
  const made = Object.entries<Definition>(definitions).map(([key, definition]) => {
    const collect = collectors[key as keyof Definitions]
    return [key, instrument(registry, definition, collect)]
  })
  return Object.fromEntries(made) as Instruments
}

function instrument(
  registry: Registry,
  { name, type, help, labels = {}, buckets = [] }: Definition,
  collect: (() => Promise<void> | void) | undefined,
): Counter | Gauge | Histogram {
  const labelNames = Object.keys(labels)
  const settings = { name, help, labelNames, registers: [registry], ...(collect && { collect }) }
  if (type === 'counter') return new Counter(settings)
  if (type === 'gauge') return new Gauge(settings)
  return new Histogram({ ...settings, buckets: [...buckets] })
}
