import { Link } from 'wouter'
import type { Finding } from '../../editor/lint.ts'
import { Level, LintCode } from '../../editor/settings/Findings.tsx'
import { messages } from '../../messages/lint.ts'
import { Button } from '../../parts/Button.tsx'
import { Empty } from '../../parts/Problem.tsx'
import { type Column, Table } from '../../parts/Table.tsx'
import styles from './lint.module.css'

interface FindingTableProps {
  serviceId: string
  findings: readonly Finding[]
  onApply: ((finding: Finding) => void) | undefined
}

const order = { error: 0, warning: 1, hint: 2 }

/** Findings, the worst ones first. */
export function FindingTable({ serviceId, findings, onApply }: FindingTableProps) {
  if (findings.length === 0) {
    return (
      <Empty title={messages.none}>
        <p>{messages.noneMore}</p>
      </Empty>
    )
  }
  const columns: Column<Finding>[] = [
    { id: 'level', header: messages.level, cell: Level },
    {
      id: 'says',
      header: messages.says,
      isName: true,
      cell: (finding) => (
        <>
          <span className={styles['says']} lang="en" translate="no">
            {finding.says}
          </span>{' '}
          <LintCode {...finding} />
        </>
      ),
    },
    {
      id: 'setting',
      header: messages.setting,
      cell: ({ path }) => (
        <Link
          href={`/services/${serviceId}?property=${path}`}
          aria-label={messages.openSetting(path)}
        >
          <code>{path}</code>
        </Link>
      ),
    },
    {
      id: 'actions',
      header: messages.actions,
      isHeaderHidden: true,
      align: 'end',
      cell: (finding) =>
        onApply &&
        finding.fix && (
          <Button
            size="small"
            aria-label={messages.applyOf(finding.code)}
            onPress={() => onApply(finding)}
          >
            {messages.apply}
          </Button>
        ),
    },
  ]
  const rows = [...findings].sort((a, b) => order[a.level] - order[b.level])
  return (
    <Table
      label={messages.findingsOfService}
      columns={columns}
      rows={rows}
      idOf={({ code }) => code}
    />
  )
}
