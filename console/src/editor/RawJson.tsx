import { useState } from 'react'
import { messages } from '../messages/editor.ts'
import { TextField } from '../parts/TextField.tsx'
import type { Json } from './document.ts'
import type { Draft } from './draft.ts'
import { useEditable } from './editable.ts'

/** The document as text. What is no JSON object is not taken over. */
export function RawJson({ draft }: { draft: Draft }) {
  const isEditable = useEditable()
  const [text, setText] = useState(() => JSON.stringify(draft.draft, null, 2))
  const parsed = parse(text)
  return (
    <TextField
      label={messages.jsonLabel}
      description={messages.jsonMore}
      rows={Math.min(40, Math.max(16, text.split('\n').length))}
      isReadOnly={!isEditable}
      value={text}
      error={'error' in parsed ? parsed.error : undefined}
      onChange={(next) => {
        setText(next)
        const made = parse(next)
        if ('document' in made) draft.replace(made.document)
      }}
    />
  )
}

function parse(text: string): { document: Json } | { error: string } {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { document: value as Json } : { error: messages.notAnObject }
  } catch (error) {
    return { error: messages.badJson(error instanceof Error ? error.message : '') }
  }
}
