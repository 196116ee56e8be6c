/**
 * Which operations answered with which result codes while the tests ran: `answers.txt`, one line
 * for each code. `UPDATE_ANSWERS=1` with a run of tests adds what they see, and with a whole run it
 * replaces the file.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { endpoints } from '../../src/api/index.ts'
import { catalogue } from '../../src/refusal.ts'

const file = 'test/documents/answers.txt'

/** The identifiers of operations by code. */
export function readAnswers(): Map<string, string[]> {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return new Map(
    lines.map((line) => {
      const [code = '', ...operations] = line.split(' ')
      return [code, operations]
    }),
  )
}

/** Writes the pairs of a code and an operation that exist. */
export function record(pairs: readonly string[], isWhole: boolean): void {
  const known = new Set(endpoints.map(({ operationId }) => operationId))
  const former = isWhole ? [] : [...readAnswers()]
  const answers = new Map(former.map(([code, operations]) => [code, new Set(operations)]))
  for (const pair of pairs) {
    const [code = '', operation = ''] = pair.split(' ')
    if (!catalogue.has(code) || !known.has(operation)) continue
    answers.set(code, (answers.get(code) ?? new Set()).add(operation))
  }
  const lines = [...answers].map(([code, operations]) =>
    [code, ...[...operations].sort()].join(' '),
  )
  writeFileSync(file, `${lines.sort().join('\n')}\n`)
}
