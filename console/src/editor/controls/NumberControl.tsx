import { useState } from 'react'
import { messages } from '../../messages/editor.ts'
import { dateTime } from '../../messages/messages.ts'
import { Select } from '../../parts/Select.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { type Unit, unitFor, unitSeconds } from '../duration.ts'
import { useEditable } from '../editable.ts'
import styles from './controls.module.css'
import type { FieldProps } from './field.ts'

const units = Object.keys(unitSeconds) as Unit[]
const unitChoices = units.map((id) => ({ id, label: messages.unitNames[id] }))

/** A duration such as `1 day`. */
export function durationText(seconds: number): string {
  const unit = unitFor(seconds)
  const text = messages.durations[unit](seconds / unitSeconds[unit])
  return unit === 'seconds' ? text : `${text} (${messages.inSeconds(seconds)})`
}

interface NumberProps extends FieldProps {
  unit?: 'seconds' | 'time' | undefined
}

export function NumberControl({ part, value, onChange, description, unit }: NumberProps) {
  const isEditable = useEditable()
  const start = typeof value === 'number' ? value : undefined
  const [shownUnit, setShownUnit] = useState<Unit>(
    unit === 'seconds' ? unitFor(start ?? 0) : 'seconds',
  )
  const [text, setText] = useState(
    start === undefined ? '' : String(start / unitSeconds[shownUnit]),
  )
  if (unit === 'time') return <TimeValue {...{ part, value, description }} />

  function change(next: string, nextUnit: Unit): void {
    setText(next)
    setShownUnit(nextUnit)
    if (next.trim() === '') onChange(part.fallback)
    else if (/^\d{1,10}$/.test(next.trim())) onChange(Number(next) * unitSeconds[nextUnit])
  }
  const field = (
    <TextField
      label={part.name}
      inputMode="numeric"
      isReadOnly={!isEditable}
      value={text}
      error={/^\s*\d*\s*$/.test(text) ? undefined : messages.badNumber}
      description={description}
      onChange={(next) => change(next, shownUnit)}
    />
  )
  if (unit !== 'seconds') return field
  return (
    <div className={styles['duration']}>
      {field}
      <Select
        label={messages.unit}
        choices={unitChoices}
        isDisabled={!isEditable}
        value={shownUnit}
        onChange={(id) => change(text, id as Unit)}
      />
    </div>
  )
}

function TimeValue({
  part,
  value,
  description,
}: Pick<FieldProps, 'part' | 'value' | 'description'>) {
  return (
    <TextField
      label={part.name}
      description={description}
      isReadOnly
      value={typeof value === 'number' && value > 0 ? dateTime(value) : messages.notSet}
    />
  )
}
