/** Boxes to check, and buttons of which one is chosen. */
import type { ReactNode } from 'react'
import { Checkbox as AriaCheckbox } from 'react-aria-components/Checkbox'
import { CheckboxGroup as AriaCheckboxGroup } from 'react-aria-components/CheckboxGroup'
import { RadioGroup as AriaRadioGroup, Radio } from 'react-aria-components/RadioGroup'
import styles from './field.module.css'
import { Icon } from './Icon.tsx'
import type { Choice } from './Select.tsx'
import { FieldLabel, FieldNotes } from './TextField.tsx'

interface CheckboxProps {
  /** Its name; without it, `aria-label` names it. */
  children?: ReactNode
  more?: ReactNode
  isSelected?: boolean
  isIndeterminate?: boolean
  isDisabled?: boolean
  onChange?: (isSelected: boolean) => void
  value?: string
  'aria-label'?: string
}

export function Checkbox({ children, more, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className={styles['check'] ?? ''}>
      {({ isSelected, isIndeterminate }) => (
        <>
          <span className={styles['box']}>
            {isIndeterminate ? <Icon name="dash" /> : isSelected && <Icon name="check" />}
          </span>
          {children && (
            <span>
              {children}
              {more && <span className={styles['optionMore']}> {more}</span>}
            </span>
          )}
        </>
      )}
    </AriaCheckbox>
  )
}

interface GroupProps<Value> {
  label: string
  description?: ReactNode
  error?: string | undefined
  isRequired?: boolean
  isDisabled?: boolean
  choices: readonly Choice[]
  value: Value
  onChange: (value: Value) => void
}

export function CheckboxGroup({
  label,
  description,
  error,
  choices,
  ...rest
}: GroupProps<string[]>) {
  return (
    <AriaCheckboxGroup
      {...rest}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={styles['field'] ?? ''}
    >
      <FieldLabel label={label} isRequired={rest.isRequired ?? false} />
      <div className={styles['choices']}>
        {choices.map(({ id, label: name, more, isDisabled = false }) => (
          <Checkbox key={id} value={id} more={more} isDisabled={isDisabled}>
            {name}
          </Checkbox>
        ))}
      </div>
      <FieldNotes description={description} error={error} />
    </AriaCheckboxGroup>
  )
}

export function RadioGroup({ label, description, error, choices, ...rest }: GroupProps<string>) {
  return (
    <AriaRadioGroup
      {...rest}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={styles['field'] ?? ''}
    >
      <FieldLabel label={label} isRequired={rest.isRequired ?? false} />
      <div className={styles['choices']}>
        {choices.map(({ id, label: name, more, isDisabled = false }) => (
          <Radio key={id} value={id} isDisabled={isDisabled} className={styles['check'] ?? ''}>
            {({ isSelected }) => (
              <>
                <span className={`${styles['box']} ${styles['round']}`}>
                  {isSelected && <Icon name="dot" />}
                </span>
                <span>
                  {name}
                  {more && <span className={styles['optionMore']}> {more}</span>}
                </span>
              </>
            )}
          </Radio>
        ))}
      </div>
      <FieldNotes description={description} error={error} />
    </AriaRadioGroup>
  )
}
