/**
 * Ends a run with its counts on one line, and fails a whole run in which some rule was never fired.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import '../../src/process/app.ts'
import { catalogue } from '../../src/refusal.ts'
import { record } from '../documents/answers.ts'

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export
export default class CountingReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
  #vitest: Vitest | undefined
  readonly #file = join(mkdtempSync(join(tmpdir(), 'postern-rules-')), 'fired')

  onInit(vitest: Vitest): void {
    process.env['POSTERN_FIRED_RULES'] = this.#file
    this.#vitest = vitest
  }

  onTestCaseResult(test: TestCase): void {
    this.#counts[test.result().state] += 1
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    const counts = this.#counts
    const broken = modules.filter((module) => module.errors().length > 0).length
    const vitest = this.#vitest
    const isWhole = !vitest?.config.testNamePattern && !filters(vitest)?.length
    const unfired = isWhole && reason === 'passed' ? this.#unfired() : []
    for (const line of unfired) console.error(`No test fires the rule ${line}`)
    const failed = counts.failed + broken + errors.length + (unfired.length > 0 ? 1 : 0)
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
    if (failed > 0) process.exitCode = 1
    // Printed after all other output at the end of the process.
    process.once('exit', () => console.log(`${counts.passed} passed, ${failed} failed${skipped}`))
    if (process.env['UPDATE_ANSWERS']) record(this.#fired(), isWhole)
    rmSync(dirname(this.#file), { recursive: true, force: true })
  }

  /** Rules of the catalogue that no test fired. Codes of success are no rules. */
  #unfired(): string[] {
    const fired = new Set(this.#fired().map((line) => line.split(' ')[0]))
    return [...catalogue.values()]
      .filter((entry) => 'error' in entry || 'status' in entry)
      .filter(({ code }) => !fired.has(code))
      .map(({ code, area, name }) => `${code} (${area}: ${name})`)
  }

  /** Lines of a code, and the operation that answered with it. */
  #fired(): string[] {
    return existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : []
  }
}

/** The file filters of the command line, which the type of the class does not declare. */
const filters = (vitest: Vitest | undefined): string[] | undefined =>
  vitest && Reflect.get(vitest, 'filenamePattern')
