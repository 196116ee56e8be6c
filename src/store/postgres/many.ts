/**
 * Statements for one as statements for many: what are parameters of the one are columns of rows of
 * the other, which come as one array for each column.
 */

/** How many one statement is for at most. */
export const most = 500

/** For each column an array of what the rows have in it. */
export const arraysOf = (rows: readonly (readonly unknown[])[]): unknown[][] =>
  rows[0]?.map((_, place) => rows.map((row) => row[place])) ?? []

/** A type that a value of a parameter can be compared as; undefined where the value tells none. */
export function typeOf(value: unknown): string | undefined {
  if (typeof value === 'number') return 'bigint'
  if (typeof value === 'string') return 'text'
  return Buffer.isBuffer(value) ? 'bytea' : undefined
}

/**
 * By subqueries, so that the planner does not see how many there are: it then makes one plan for
 * all, and keeps it.
 */
function givenRows(types: readonly string[]): string {
  const arrays = types.map((type, place) => `(select $${place + 1}::${type}[])`)
  const names = types.map((_, place) => `p${place + 1}`)
  return `unnest(${arrays}) with ordinality as given(${names}, place)`
}

const ofGivenRow = (sql: string) => sql.replace(/\$(\d+)/g, 'given.p$1')

const column = /"\w+"(?:\."\w+")?/.source
const equality = `${column} = \\$\\d+`
const equalities = `(?:${equality}|\\(${equality}(?: and ${equality})*\\))`
const lookUp = new RegExp(`^select ${column}(?:, ${column})* from "\\w+" where ${equalities}$`)

/** Whether a statement selects rows of one table by what their columns equal, and nothing else. */
export const isLookUp = (sql: string): boolean => lookUp.test(sql)

/**
 * Finds for each given row what the look-up finds for one; the place of the given row, from 1, is
 * the last column. `offset 0` keeps the planner from other joins than one look-up after the other,
 * as those of tables that are empty when the plan is made.
 */
export function lookUpOfMany(sql: string, types: readonly string[]): string {
  const one = `lateral (${ofGivenRow(sql)} offset 0) as found`
  return `select found.*, given.place::int from ${givenRows(types)}, ${one}`
}

const place = /\$\d+/.source
const places = `${place}(?:, ${place})*`
const row = `values \\((${places})\\)|select (${places}) where (exists .+?)`
const insert = new RegExp(
  `^insert into "(\\w+)" \\(([^()]+)\\) (?:${row})( on conflict do nothing)? returning `,
)

export interface Insert {
  table: string
  /** In the order of the parameters, which begin with them. */
  columns: string[]
  values: string
  condition: string | undefined
  unlessTaken: string
}

/** An insert of one row, each column of which is a parameter; undefined for other statements. */
export function insertOf(sql: string): Insert | undefined {
  const [, table, names, plain, selected, condition, unlessTaken = ''] = insert.exec(sql) ?? []
  const values = plain ?? selected
  if (!table || !names || !values) return undefined
  const columns = names.split(', ').map((name) => name.slice(1, -1))
  return { table, columns, values, condition, unlessTaken }
}

/**
 * Inserts each given row, and returns these columns of those that were inserted. A parent that is
 * locked, because it is deleted, is not waited for: its children are not inserted.
 */
export function insertOfMany(
  { table, columns, values, condition, unlessTaken }: Insert,
  types: readonly string[],
  returned: readonly string[],
): string {
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
  const exists = condition?.replace(' for key share', ' for key share skip locked')
  return [
    `insert into "${table}" (${quoted(columns)})`,
    `select ${ofGivenRow(values)} from ${givenRows(types)}`,
    ...(exists ? [`where ${ofGivenRow(exists)}`] : []),
    `${unlessTaken} returning ${quoted(returned)}`.trim(),
  ].join(' ')
}
