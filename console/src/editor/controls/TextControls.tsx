/** Values that are text, or lists of text. */
import { useState } from 'react'
import { messages } from '../../messages/editor.ts'
import { TextField } from '../../parts/TextField.tsx'
import { useEditable } from '../editable.ts'
import type { FieldProps } from './field.ts'

/** An empty text is a value that is not set. */
const given = (text: string) => (text === '' ? undefined : text)

interface TextProps extends FieldProps {
  rows?: number
  isSecret?: boolean
}

export function TextControl({ part, value, onChange, description, rows, isSecret }: TextProps) {
  const isEditable = useEditable()
  const secret = isSecret
    ? { type: 'password' as const, autoComplete: 'off', placeholder: messages.secretKept }
    : {}
  return (
    <TextField
      label={part.name}
      description={
        <>
          {description} {isSecret && messages.secretMore}
        </>
      }
      mono={part.control.type !== 'longText'}
      isReadOnly={!isEditable}
      value={typeof value === 'string' ? value : ''}
      onChange={(text) => onChange(given(text))}
      {...(rows === undefined ? {} : { rows })}
      {...secret}
    />
  )
}

/** A JSON text in a property: its syntax is checked while typing. */
export function JsonTextControl({ part, value, onChange, description }: FieldProps) {
  const isEditable = useEditable()
  const text = typeof value === 'string' ? value : ''
  return (
    <TextField
      label={part.name}
      description={description}
      rows={6}
      isReadOnly={!isEditable}
      value={text}
      error={text === '' ? undefined : jsonError(text)}
      onChange={(next) => onChange(given(next))}
    />
  )
}

function jsonError(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return messages.badJson(error instanceof Error ? error.message : '')
  }
}

const split = {
  texts: (text: string) => text.split('\n'),
  uris: (text: string) => text.split('\n'),
  pems: (text: string) => text.split(/(?<=-----END [A-Z ]+-----)\s*/),
}

interface ListProps extends FieldProps {
  kind: keyof typeof split
}

/** A list of texts, one in each line, so that whole lists can be pasted. */
export function ListControl({ part, value, onChange, description, kind }: ListProps) {
  const isEditable = useEditable()
  const [text, setText] = useState(Array.isArray(value) ? value.join('\n') : '')
  const lines = text.split('\n').length
  return (
    <TextField
      label={part.name}
      description={
        <>
          {description} {kind === 'pems' ? messages.pemBlocks : messages.onePerLine}
        </>
      }
      rows={Math.min(12, Math.max(2, lines))}
      isReadOnly={!isEditable}
      value={text}
      onChange={(next) => {
        setText(next)
        const entries = split[kind](next)
          .map((entry) => entry.trim())
          .filter(Boolean)
        onChange(entries.length > 0 ? entries : undefined)
      }}
    />
  )
}
