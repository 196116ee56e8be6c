import type { ReactNode } from 'react'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextArea as AriaTextArea } from 'react-aria-components/TextArea'
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components/TextField'
import { messages } from '../messages/app.ts'
import styles from './field.module.css'

export interface TextFieldProps
  extends Omit<AriaTextFieldProps, 'className' | 'style' | 'children'> {
  label: string
  description?: ReactNode
  /** What is wrong with the value. */
  error?: string | undefined
  placeholder?: string
  /** Identifiers, URLs and other text for machines. */
  mono?: boolean
  /** The number of lines of a text area. */
  rows?: number
}

export function TextField({
  label,
  description,
  error,
  placeholder = '',
  mono = false,
  rows,
  ...rest
}: TextFieldProps) {
  const kind = `${styles['input']} ${mono ? styles['mono'] : ''}`
  const wrong = error === undefined ? {} : { isInvalid: true }
  return (
    <AriaTextField {...rest} {...wrong} validationBehavior="aria" className={styles['field'] ?? ''}>
      <FieldLabel label={label} isRequired={rest.isRequired ?? false} />
      {rows === undefined ? (
        <Input className={kind} placeholder={placeholder} />
      ) : (
        <AriaTextArea className={kind} placeholder={placeholder} rows={rows} />
      )}
      <FieldNotes description={description} error={error} />
    </AriaTextField>
  )
}

export function FieldLabel({ label, isRequired }: { label: string; isRequired: boolean }) {
  return (
    <Label className={styles['label'] ?? ''}>
      {label}
      {isRequired && <span className={styles['required']}> ({messages.required})</span>}
    </Label>
  )
}

interface Notes {
  description?: ReactNode
  error?: string | undefined
}

/** What explains a field, tied to it by `aria-describedby`. */
export function FieldNotes({ description, error }: Notes) {
  return (
    <>
      {description && (
        <Text slot="description" className={styles['description'] ?? ''}>
          {description}
        </Text>
      )}
      <FieldError className={styles['error'] ?? ''}>{error}</FieldError>
    </>
  )
}
