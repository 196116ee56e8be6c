import type { ReactNode } from 'react'
import { Button } from 'react-aria-components/Button'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select'
import { Text } from 'react-aria-components/Text'
import { messages } from '../messages/app.ts'
import styles from './field.module.css'
import { Icon } from './Icon.tsx'
import { FieldLabel, FieldNotes } from './TextField.tsx'

export interface Choice {
  id: string
  label: string
  /** A sentence below the label. */
  more?: string
  isDisabled?: boolean
}

interface SelectProps {
  label: string
  description?: ReactNode
  error?: string | undefined
  isRequired?: boolean
  isDisabled?: boolean
  choices: readonly Choice[]
  value: string | null
  onChange: (id: string) => void
}

/** One of a few choices. */
export function Select({
  label,
  description,
  error,
  choices,
  value,
  onChange,
  ...rest
}: SelectProps) {
  return (
    <AriaSelect
      {...rest}
      className={styles['field'] ?? ''}
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      isInvalid={error !== undefined}
      placeholder={messages.select}
      validationBehavior="aria"
    >
      <FieldLabel label={label} isRequired={rest.isRequired ?? false} />
      <Button className={`${styles['input']} ${styles['trigger']}`}>
        <SelectValue>
          {({ selectedText, defaultChildren }) => selectedText || defaultChildren}
        </SelectValue>
        <span className={styles['chevron']}>
          <Icon name="chevron" />
        </span>
      </Button>
      <FieldNotes description={description} error={error} />
      <Popover className={styles['popover'] ?? ''}>
        <ListBox className={styles['list'] ?? ''} items={choices}>
          {(choice) => <Option choice={choice} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

export function Option({ choice: { id, label, more, isDisabled = false } }: { choice: Choice }) {
  return (
    <ListBoxItem
      id={id}
      textValue={label}
      isDisabled={isDisabled}
      className={styles['option'] ?? ''}
    >
      <Text slot="label">{label}</Text>
      {more && (
        <Text slot="description" className={styles['optionMore'] ?? ''}>
          {more}
        </Text>
      )}
    </ListBoxItem>
  )
}
