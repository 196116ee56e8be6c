import type { ReactNode } from 'react'
import { messages } from '../../messages/editor.ts'
import { Badge } from '../../parts/Badge.tsx'
import { Button } from '../../parts/Button.tsx'
import styles from '../editor.module.css'

interface FrameProps {
  name: string
  isChanged: boolean
  onUndo: () => void
  byDefault: string
  spec?: string | undefined
  rules?: readonly string[] | undefined
  noEffect?: string | undefined
  hasFindings?: boolean
  children: ReactNode
  /** Below the control and what is beside it. */
  footer?: ReactNode
}

/** A control with what is known about its setting beside it. */
export function SettingFrame(props: FrameProps) {
  const { name, isChanged, onUndo, hasFindings = false, children, footer } = props
  return (
    <div
      id={`setting-${name}`}
      className={styles['row']}
      data-changed={isChanged}
      data-finding={hasFindings}
    >
      <div className={styles['control']} translate="no">
        {children}
      </div>
      <div className={styles['meta']}>
        {isChanged && (
          <p className={styles['changed']}>
            <Badge tone="info">{messages.changedMark}</Badge>
            <Button
              size="small"
              variant="quiet"
              aria-label={messages.undoOf(name)}
              onPress={onUndo}
            >
              {messages.undo}
            </Button>
          </p>
        )}
        <Facts {...props} />
      </div>
      {footer}
    </div>
  )
}

type FactsProps = Pick<FrameProps, 'byDefault' | 'spec' | 'rules' | 'noEffect'>

function Facts({ byDefault, spec, rules, noEffect }: FactsProps) {
  return (
    <dl className={styles['facts']}>
      <div>
        <dt>{messages.byDefault}</dt>
        <dd>
          <code>{byDefault}</code>
        </dd>
      </div>
      {spec && (
        <div>
          <dt className="visually-hidden">{messages.citation}</dt>
          <dd translate="no">{spec}</dd>
        </div>
      )}
      {noEffect && (
        <div>
          <dt>{messages.noEffect}</dt>
          <dd lang="en" translate="no">
            {noEffect}
          </dd>
        </div>
      )}
      {rules && <Rules codes={rules} />}
    </dl>
  )
}

/** The rules that prove that the setting has its effect. */
const Rules = ({ codes }: { codes: readonly string[] }) => (
  <div>
    <dt title={messages.decidesMore}>{messages.decides}</dt>
    <dd className={styles['rules']}>
      {codes.map((code) => (
        <a key={code} href={`/docs/codes/${code}`} target="_blank" rel="noreferrer">
          <code>{code}</code>
        </a>
      ))}
    </dd>
  </div>
)
