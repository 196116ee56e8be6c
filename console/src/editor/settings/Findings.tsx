import { messages as all } from '../../messages/editor.ts'
import { Badge, type Tone } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import styles from '../editor.module.css'
import type { Finding } from '../lint.ts'

const messages = all.lint

const tones: Record<Finding['level'], Tone> = { error: 'bad', warning: 'warn', hint: 'info' }

export const Level = ({ level }: Pick<Finding, 'level'>) => (
  <Badge tone={tones[level]}>{messages.levels[level]}</Badge>
)

interface FindingsProps {
  findings: readonly Finding[]
  onApply?: ((finding: Finding) => void) | undefined
}

/** What lints say, each with its fix. */
export const Findings = ({ findings, onApply }: FindingsProps) => (
  <ul className={styles['findings']}>
    {findings.map((finding) => (
      <li key={finding.code} className={styles['finding']}>
        <Level level={finding.level} />
        <span className={styles['says']}>
          <span lang="en" translate="no">
            {finding.says}
          </span>{' '}
          <LintCode {...finding} />
        </span>
        {onApply && finding.fix && (
          <Button
            size="small"
            aria-label={messages.applyOf(finding.code)}
            onPress={() => onApply(finding)}
          >
            {messages.apply}
          </Button>
        )}
      </li>
    ))}
  </ul>
)

export const LintCode = ({ code, spec }: Pick<Finding, 'code' | 'spec'>) => (
  <span className={styles['source']} translate="no">
    <a href={`/docs/codes/${code}`} target="_blank" rel="noreferrer">
      <code>{code}</code>
    </a>
    {spec && ` ${spec}`}
  </span>
)
