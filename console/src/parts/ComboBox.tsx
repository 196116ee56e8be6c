import { Button } from 'react-aria-components/Button'
import { ComboBox as AriaComboBox } from 'react-aria-components/ComboBox'
import { Input } from 'react-aria-components/Input'
import { ListBox } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { messages } from '../messages/app.ts'
import styles from './field.module.css'
import { Icon } from './Icon.tsx'
import { type Choice, Option } from './Select.tsx'
import { FieldLabel, FieldNotes } from './TextField.tsx'

interface ComboBoxProps {
  label: string
  description?: string
  error?: string | undefined
  isRequired?: boolean
  isDisabled?: boolean
  choices: readonly Choice[]
  value: string | null
  onChange: (id: string) => void
  /** With it, the choices are what was found for the input. */
  onInputChange?: (text: string) => void
  /** Whether other text is a value, too. */
  allowsOther?: boolean
}

/** One of many choices, found by typing. */
export function ComboBox({
  label,
  description,
  error,
  choices,
  value,
  onChange,
  onInputChange,
  allowsOther = false,
  ...rest
}: ComboBoxProps) {
  return (
    <AriaComboBox
      {...rest}
      className={styles['field'] ?? ''}
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      {...(onInputChange ? { onInputChange, items: choices } : { defaultItems: choices })}
      allowsCustomValue={allowsOther}
      isInvalid={error !== undefined}
      menuTrigger="focus"
      validationBehavior="aria"
    >
      <FieldLabel label={label} isRequired={rest.isRequired ?? false} />
      <div className={styles['group']}>
        <Input className={styles['input'] ?? ''} />
        <Button className={styles['clear'] ?? ''} aria-label={messages.showOptions}>
          <Icon name="chevron" />
        </Button>
      </div>
      <FieldNotes description={description} error={error} />
      <Popover className={styles['popover'] ?? ''}>
        <ListBox className={styles['list'] ?? ''} items={choices}>
          {(choice) => <Option choice={choice} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  )
}
