import { messages } from '../../messages/editor.ts'
import { number } from '../../messages/messages.ts'
import { Control } from '../Control.tsx'
import { durationText } from '../controls/NumberControl.tsx'
import type { Setting } from '../forms.ts'
import type { Finding } from '../lint.ts'
import { Findings } from './Findings.tsx'
import { Sentence } from './Sentence.tsx'
import { SettingFrame } from './SettingFrame.tsx'

interface SettingRowProps {
  setting: Setting
  value: unknown
  isChanged: boolean
  onChange: (value: unknown) => void
  onUndo: () => void
  findings: readonly Finding[]
  onApply?: ((finding: Finding) => void) | undefined
}

/** A setting: its control, what it means, where that is from, and what lints say about it. */
export function SettingRow(props: SettingRowProps) {
  const { setting, value, isChanged, onChange, onUndo, findings, onApply } = props
  const { name, spec, rules, noEffect, says, isSecret = false } = setting
  return (
    <SettingFrame
      {...{ name, isChanged, onUndo, spec, rules, noEffect }}
      byDefault={defaultText(setting)}
      hasFindings={findings.length > 0}
      footer={findings.length > 0 && <Findings findings={findings} onApply={onApply} />}
    >
      <Control
        part={setting}
        value={value}
        isSecret={isSecret}
        isChanged={isChanged}
        description={<Sentence text={says} />}
        onChange={onChange}
      />
    </SettingFrame>
  )
}

function defaultText({ fallback, control }: Setting): string {
  if (control.type === 'flag') return fallback ? messages.on : messages.off
  if (fallback === undefined) return messages.absent
  if (control.type !== 'number' || typeof fallback !== 'number') return String(fallback)
  const effective = fallback === 0 ? (control.zero ?? fallback) : fallback
  return control.unit === 'seconds' ? durationText(effective) : number(effective)
}
