/** What the run says: targets, ratios, and then the figures that they were made of. */
import type { Rounds } from './contest.ts'
import type { Figures } from './load.ts'

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Round by round, so that a disturbance that lasts for a round is in both. */
export function ratio(rounds: Rounds | undefined, of: string, to: string): number {
  const ours = rounds?.get(of) ?? []
  const theirs = rounds?.get(to) ?? []
  return median(ours.map(({ rate }, at) => rate / (theirs[at]?.rate ?? Number.NaN)))
}

/** Above this share of a core the load generator was the limit, not the server. */
const generatorLimit = 0.9

/** The share of a core that the load generator needed for this server. */
export const generatorShare = (rounds: Rounds | undefined, name: string) =>
  median((rounds?.get(name) ?? []).map(({ generator }) => generator))

/**
 * The ratio of cycles per second, unless the load generator held one of the servers back: then the
 * ratio of processor time, which does not depend on it.
 */
export function fairRatio(rounds: Rounds | undefined, of: string, to: string): number {
  const isLimited = [of, to].some((name) => generatorShare(rounds, name) > generatorLimit)
  return isLimited ? processorRatio(rounds, of, to) : ratio(rounds, of, to)
}

/** The same of the processor time that a cycle costs the server: less of it is better. */
export function processorRatio(rounds: Rounds | undefined, of: string, to: string): number {
  const ours = rounds?.get(of) ?? []
  const theirs = rounds?.get(to) ?? []
  return median(ours.map(({ processor }, at) => (theirs[at]?.processor ?? Number.NaN) / processor))
}

export interface Target {
  says: string
  figure: number
  /** How the figure is printed, with its unit. */
  print: (figure: number) => string
  reached: (figure: number) => boolean
  /** What the figure is as a part of what it should be: 1 and more reach the target. */
  share: (figure: number) => number
}

export const atLeast = (limit: number) => ({
  reached: (figure: number) => figure >= limit,
  share: (figure: number) => figure / limit,
})

export const atMost = (limit: number) => ({
  reached: (figure: number) => figure <= limit,
  share: (figure: number) => limit / figure,
})

export const times = (figure: number) => figure.toFixed(2)

export function targetTable(targets: Target[]): string {
  const rows = targets.map(({ says, figure, print, reached }) => [
    says,
    Number.isNaN(figure) ? 'not measured' : print(figure),
    Number.isNaN(figure) ? '-' : reached(figure) ? 'pass' : 'FAIL',
  ])
  return table([['target', 'figure', ''], ...rows])
}

/** With `isShort` without the works that none of the pairs has done. */
export function ratioTable(
  all: Map<string, Rounds>,
  ours: string[],
  theirs: string[],
  isShort = false,
): string {
  const pairs = ours.flatMap((of) => theirs.filter((to) => to !== of).map((to) => ({ of, to })))
  const head = ['work', ...pairs.map(({ of, to }) => `${of} / ${to}`)]
  const rows = [...all].map(([work, rounds]) => [
    work,
    ...pairs.map(({ of, to }) => {
      const figure = ratio(rounds, of, to)
      if (Number.isNaN(figure)) return '-'
      return `${times(figure)} (${times(processorRatio(rounds, of, to))})`
    }),
  ])
  const shown = rows.filter(([, ...cells]) => !isShort || cells.some((cell) => cell !== '-'))
  return pairs.length === 0 || shown.length === 0 ? '' : table([head, ...shown])
}

export function figureTable(all: Map<string, Rounds>): string {
  const rows = [...all].flatMap(([work, rounds]) =>
    [...rounds].map(([name, figures]) => {
      const of = (member: keyof Figures) => median(figures.map((each) => each[member]))
      return [
        work,
        name,
        of('rate').toFixed(0),
        of('p50').toFixed(2),
        of('p99').toFixed(2),
        (of('processor') * 1_000).toFixed(0),
        of('generator').toFixed(2),
      ]
    }),
  )
  return table([
    ['work', 'server', 'cycles/s', 'p50 ms', 'p99 ms', 'µs/cycle', 'generator'],
    ...rows,
  ])
}

export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  )
  const line = (cells: string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...rest] = rows
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [line(head), rule, ...rest.map(line)].join('\n')
}
