/**
 * The report of an import: what became of each property of the former system. A source is read
 * through `Properties`, which reports by itself what no importer has asked for: none is missing.
 */

/** `taken` as it is, `changed` into something else, `dropped`, or for a person to `decide`. */
export const outcomes = ['decide', 'changed', 'dropped', 'taken'] as const
export type Outcome = (typeof outcomes)[number]

export interface Line {
  /** What the property is of, such as `client web`. */
  of: string
  property: string
  outcome: Outcome
  /** The setting of Postern. */
  to?: string | undefined
  /** How it was changed, why it was dropped, or what there is to decide. */
  note?: string | undefined
}

export interface Report {
  lines: Line[]
  add(line: Line): void
}

export function createReport(): Report {
  const lines: Line[] = []
  return { lines, add: (line) => lines.push(line) }
}

/** The members of an object of the former system, each of which is reported. */
export interface Properties {
  readonly of: string
  /** The value, without a line. */
  peek(name: string): unknown
  /** The value as it is; undefined if there is none. */
  taken(name: string, to: string): unknown
  /** The value, which the import changes. */
  changed(name: string, to: string, how: string): unknown
  dropped(name: string, why: string): void
  decide(name: string, what: string): void
  /** A decision about a member that the source does not have. */
  missing(name: string, what: string): void
  /** Names of members that have no line yet. */
  left(): string[]
  /** Reports all members that have no line yet. */
  end(why?: (name: string) => string): void
}

const withoutValue = 'It has no value.'

export function propertiesOf(
  report: Report,
  of: string,
  source: Readonly<Record<string, unknown>>,
  under = '',
): Properties {
  const left = new Set(Object.keys(source))
  const add = (name: string, outcome: Outcome, more: Pick<Line, 'to' | 'note'>) => {
    if (!Object.hasOwn(source, name)) return
    const isRepeated = !left.delete(name)
    if (!isEmpty(source[name])) {
      report.add({ of, property: `${under}${name}`, outcome, ...more })
    } else if (!isRepeated) {
      report.add({ of, property: `${under}${name}`, outcome: 'dropped', note: withoutValue })
    }
  }
  const present = (name: string) =>
    Object.hasOwn(source, name) && !isEmpty(source[name]) ? source[name] : undefined
  return {
    of,
    peek: present,
    taken(name, to) {
      add(name, 'taken', { to })
      return present(name)
    },
    changed(name, to, note) {
      add(name, 'changed', { to, note })
      return present(name)
    },
    dropped: (name, note) => add(name, 'dropped', { note }),
    decide: (name, note) => add(name, 'decide', { note }),
    missing(name, note) {
      left.delete(name)
      report.add({ of, property: `${under}${name}`, outcome: 'decide', note })
    },
    left: () => [...left],
    end(why = () => 'Postern has no such setting.') {
      for (const name of [...left]) add(name, 'dropped', { note: why(name) })
    },
  }
}

/** `false` and 0 are values. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0)
