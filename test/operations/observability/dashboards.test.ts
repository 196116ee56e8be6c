/** Dashboards and alerts name metrics and labels that exist, and show every metric. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Definition, definitions } from '../../../src/process/metrics/definitions.ts'
import { createMetrics } from '../../../src/process/metrics/metrics.ts'
import { catalogue } from '../../../src/refusal.ts'
import type { Json } from '../../support/server.ts'

const folder = 'deploy/grafana'
const boards = readdirSync(folder).map((file) => {
  const board = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json
  const panels = board.panels.filter(({ type }: Json) => type !== 'row')
  return { file, board, panels }
})
const shown = boards.flatMap(({ panels }) =>
  panels.flatMap(({ targets }: Json) => targets.map(({ expr }: Json) => String(expr))),
)
const { rules } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')).groups[0] as Json
const alerting: string[] = rules.map(({ expr }: Json) => String(expr))

const all: Definition[] = Object.values(definitions)
/** A histogram has three series. */
const seriesOf = ({ name, type }: Definition) =>
  type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name]
const labelsOf = new Map(
  all.flatMap((definition) =>
    seriesOf(definition).map((series) => [series, Object.keys(definition.labels ?? {})]),
  ),
)

/** The selectors of an expression: the metric, and the labels that it compares. */
function selectorsIn(expression: string) {
  const found = expression.matchAll(/\b((?:postern|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)
  return [...found].map(([, name = '', matchers = '']) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)\s*[=!]~?"/g)].map(([, label = '']) => label),
    codes: [...matchers.matchAll(/\b(P\d{6})\b/g)].map(([, code = '']) => code),
  }))
}

describe.each([
  ['dashboards', shown],
  ['alerts', alerting],
])('%s', (_, expressions) => {
  it('name metrics, labels and result codes that exist', async () => {
    const own = expressions.flatMap(selectorsIn)
    const exposed = await createMetrics(catalogue).text()
    for (const { name, labels, codes } of own) {
      if (!name.startsWith('postern_')) {
        expect(exposed).toContain(`# TYPE ${name} `)
        continue
      }
      expect([...labelsOf.keys()]).toContain(name)
      const allowed = [...(labelsOf.get(name) ?? []), 'job', 'instance']
      expect([name, labels.filter((label) => !allowed.includes(label))]).toEqual([name, []])
      expect(codes.filter((code) => !catalogue.has(code))).toEqual([])
    }
    expect(own.length).toBeGreaterThan(8)
  })
})

describe('every metric', () => {
  it('is shown by a dashboard', () => {
    const names = new Set(shown.flatMap(selectorsIn).map(({ name }) => name))
    const hidden = all.filter((definition) => !seriesOf(definition).some((each) => names.has(each)))
    expect(hidden.map(({ name }) => name)).toEqual([])
  })
})

describe('dashboards', () => {
  it('have identifiers and panels of their own, and a variable for the data source', () => {
    expect(boards.map(({ file }) => file).sort()).toEqual([
      'overview.json',
      'protocol.json',
      'store.json',
    ])
    expect(new Set(boards.map(({ board }) => board.uid)).size).toBe(boards.length)
    for (const { board, panels } of boards) {
      expect(new Set(board.panels.map(({ id }: Json) => id)).size).toBe(board.panels.length)
      expect(board.templating.list.map(({ name }: Json) => name)).toEqual(['source', 'job'])
      for (const { title, datasource } of panels) {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
        expect([title, datasource.uid]).toEqual([title, '${source}'])
      }
    }
  })
})

describe('alerts', () => {
  it('find counters at 0 before the first event', async () => {
    const text = await createMetrics(catalogue).text()
    for (const series of [
      'postern_deliveries_total{kind="token-batch",outcome="dead"}',
      'postern_key_tasks_total{outcome="failed"}',
      'postern_refresh_replays_total{outcome="revoked"}',
      'postern_code_replays_total',
      'postern_audit_write_failures_total',
      'postern_overload_refusals_total',
    ]) {
      expect(text).toContain(`\n${series} 0\n`)
    }
  })

  it('have a severity and a summary, and are described', () => {
    const page = readFileSync('docs/monitoring.md', 'utf8')
    for (const { alert, labels, annotations } of rules as Json[]) {
      expect(['warning', 'critical']).toContain(labels.severity)
      expect(annotations.summary).toMatch(/\.$/)
      expect(page).toContain(`| \`${alert}\` |`)
    }
  })
})
