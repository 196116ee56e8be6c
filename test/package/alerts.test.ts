/** The alert rules, by Prometheus itself: `test/package/alerts.yaml` says when each is to fire. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Json } from '../support/server.ts'

const rules = 'deploy/prometheus/alerts.yaml'
const tests = 'test/package/alerts.yaml'
const promtool = process.env['POSTERN_PROMTOOL'] ?? 'promtool'
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}
const hasPromtool = run('--version').status === 0
if (!hasPromtool) console.warn('SKIPPED: when the alerts fire, for promtool is not installed.')

const read = (file: string) => parse(readFileSync(file, 'utf8')) as Json

describe('alerts', () => {
  it('have a case in which they fire and one in which they do not', () => {
    const cases: Json[] = read(tests).tests.flatMap((each: Json) => each.alert_rule_test)
    const namesOf = (found: Json[]) => [...new Set(found.map(({ alertname }) => alertname))].sort()
    const all = read(rules).groups.flatMap((group: Json) =>
      group.rules.map((rule: Json) => rule.alert),
    )
    expect(namesOf(cases.filter((each) => each.exp_alerts.length > 0))).toEqual(all.sort())
    expect(namesOf(cases.filter((each) => each.exp_alerts.length === 0))).toEqual(all)
  })

  it.runIf(hasPromtool)('are valid, and fire when they should', () => {
    expect(run('check', 'rules', rules)).toMatchObject({ status: 0 })
    expect(run('test', 'rules', tests)).toMatchObject({ status: 0 })
  })
})
