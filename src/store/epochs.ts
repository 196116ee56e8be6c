/**
 * How long rows may be kept between reads: until a commit changes their table. Commits of this
 * process end the epoch of a table at once; those of other processes end all epochs, by a mark in
 * the database that differs after them.
 */
const keptTables = ['services', 'clients', 'api_tokens', 'access_tokens', 'refresh_tokens'] as const
export type KeptTable = (typeof keptTables)[number]

export class Epochs {
  private readonly numbers = new Map<KeptTable, number>(keptTables.map((table) => [table, 0]))
  private mark: number | string | undefined
  /** Until when the mark is recent enough; `performance.now()` milliseconds. */
  private recentUntil: number

  /** `isSeen`: the mark is read with each turn, and need not be recent. */
  constructor(isSeen = true) {
    this.recentUntil = isSeen ? Number.POSITIVE_INFINITY : 0
  }

  of(table: KeptTable): number {
    return this.numbers.get(table) ?? 0
  }

  /** Whether kept rows may be used without the mark being read again. */
  isRecent(): boolean {
    return this.recentUntil === Number.POSITIVE_INFINITY || performance.now() < this.recentUntil
  }

  /** To be called before the caller hears of the commit, and also where its outcome is unknown. */
  end(tables: Iterable<KeptTable>): void {
    for (const table of tables) this.numbers.set(table, this.of(table) + 1)
  }

  /** The mark as the database has it now, and for how many milliseconds that is good enough. */
  see(mark: number | string, milliseconds = Number.POSITIVE_INFINITY): void {
    this.recentUntil = performance.now() + milliseconds
    if (mark === this.mark) return
    this.mark = mark
    this.end(keptTables)
  }
}

const known: ReadonlySet<string> = new Set(keptTables)
const isKept = (name: string | undefined): name is KeptTable =>
  name !== undefined && known.has(name)

/** The tables whose kept rows the writes may change. A row that is inserted was not kept. */
export function tablesChangedBy(
  writes: readonly { sql: string; changesNothing?: boolean }[],
): KeptTable[] {
  const changed: KeptTable[] = []
  for (const { sql, changesNothing } of writes) {
    if (changesNothing) continue
    const [, verb, name] = /^(insert into|update|delete from) "(\w+)"/.exec(sql) ?? []
    if (!isKept(name) || (verb === 'insert into' && !sql.includes(' do update set '))) continue
    changed.push(name)
  }
  return changed
}
