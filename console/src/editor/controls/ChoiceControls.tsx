/** Values that are chosen. */
import { messages } from '../../messages/editor.ts'
import { Checkbox, CheckboxGroup } from '../../parts/Choices.tsx'
import { Select } from '../../parts/Select.tsx'
import { useEditable } from '../editable.ts'
import type { FieldProps } from './field.ts'

export function FlagControl({ part, value, onChange, description }: FieldProps) {
  const isEditable = useEditable()
  return (
    <Checkbox
      isSelected={Boolean(value ?? part.fallback)}
      isDisabled={!isEditable}
      onChange={onChange}
      more={description}
    >
      <code>{part.name}</code>
    </Checkbox>
  )
}

interface ChoiceProps extends FieldProps {
  options: readonly string[]
}

const unset = 'not set'

export function ChoiceControl({ part, value, onChange, description, options }: ChoiceProps) {
  const isEditable = useEditable()
  const choices = options.map((id) => ({ id, label: id }))
  const none = part.fallback === undefined ? [{ id: unset, label: messages.notSet }] : []
  return (
    <Select
      label={part.name}
      description={description}
      isDisabled={!isEditable}
      choices={[...none, ...choices]}
      value={String(value ?? part.fallback ?? unset)}
      onChange={(id) => onChange(id === unset ? undefined : id)}
    />
  )
}

export function ChoicesControl({ part, value, onChange, description, options }: ChoiceProps) {
  const isEditable = useEditable()
  const selected = Array.isArray(value) ? value.map(String) : []
  return (
    <CheckboxGroup
      label={part.name}
      description={
        <>
          {description} {selected.length === 0 && messages.nothingChecked}
        </>
      }
      isDisabled={!isEditable}
      choices={options.map((id) => ({ id, label: id }))}
      value={selected}
      onChange={(next) => {
        const ordered = options.filter((option) => next.includes(option))
        onChange(ordered.length > 0 ? ordered : undefined)
      }}
    />
  )
}
