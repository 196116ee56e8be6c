import type { ReactNode } from 'react'
import { Checkbox } from './Choices.tsx'
import styles from './Table.module.css'

export interface Column<Row> {
  id: string
  header: string
  /** The header is for screen readers only. */
  isHeaderHidden?: boolean
  /** Its cell names the row. */
  isName?: boolean
  align?: 'end'
  cell: (row: Row) => ReactNode
}

export interface Selection {
  selected: ReadonlySet<string>
  onChange: (selected: ReadonlySet<string>) => void
  /** The names of the boxes. */
  selectAll: string
  select: (id: string) => string
}

interface TableProps<Row> {
  /** The name of the table, for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  idOf: (row: Row) => string
  selection?: Selection | undefined
  /** While the rows are being replaced. */
  isBusy?: boolean
}

/** A table of HTML: rows are read in order, and their links and buttons have the focus. */
export function Table<Row>({ label, columns, rows, idOf, selection, isBusy }: TableProps<Row>) {
  const ids = rows.map(idOf)
  return (
    // It scrolls on narrow screens, so that it can have the focus. It is no landmark: a section
    // with the same name is often around it.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      className={styles['region']}
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
      tabIndex={0}
      aria-busy={isBusy}
    >
      <table className={styles['table']}>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className={styles['select']}>
                <SelectAll ids={ids} selection={selection} />
              </th>
            )}
            {columns.map(({ id, header, align, isHeaderHidden }) => (
              <th key={id} scope="col" className={align ? styles['end'] : ''}>
                {isHeaderHidden ? <span className="visually-hidden">{header}</span> : header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={idOf(row)} row={row} id={idOf(row)} columns={columns} selection={selection} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps<Row> {
  row: Row
  id: string
  columns: readonly Column<Row>[]
  selection: Selection | undefined
}

function Row<Row>({ row, id, columns, selection }: RowProps<Row>) {
  return (
    <tr>
      {selection && (
        <td className={styles['select']}>
          <Checkbox
            aria-label={selection.select(id)}
            isSelected={selection.selected.has(id)}
            onChange={(isSelected) =>
              selection.onChange(changed(selection.selected, id, isSelected))
            }
          />
        </td>
      )}
      {columns.map(({ id: column, align, cell, isName }) =>
        isName ? (
          <th key={column} scope="row" className={styles['name']}>
            {cell(row)}
          </th>
        ) : (
          <td key={column} className={align ? styles['end'] : ''}>
            {cell(row)}
          </td>
        ),
      )}
    </tr>
  )
}

function changed(selected: ReadonlySet<string>, id: string, isSelected: boolean) {
  const next = new Set(selected)
  if (isSelected) next.add(id)
  else next.delete(id)
  return next
}

function SelectAll({ ids, selection }: { ids: readonly string[]; selection: Selection }) {
  const count = ids.filter((id) => selection.selected.has(id)).length
  return (
    <Checkbox
      aria-label={selection.selectAll}
      isSelected={count > 0 && count === ids.length}
      isIndeterminate={count > 0 && count < ids.length}
      onChange={(isSelected) => selection.onChange(new Set(isSelected ? ids : []))}
    />
  )
}
