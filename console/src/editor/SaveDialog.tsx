import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiError } from '../app/api.ts'
import { messages } from '../messages/editor.ts'
import { FormDialog } from '../parts/Dialog.tsx'
import { Diff } from '../parts/Diff.tsx'
import { Notice, Problem } from '../parts/Problem.tsx'
import { TextField } from '../parts/TextField.tsx'
import { toast } from '../parts/Toast.tsx'
import { differences, type Json } from './document.ts'
import type { Opened } from './draft.ts'
import type { Forms } from './forms.ts'
import { shownChanges } from './shown-changes.ts'
import { rehearse, save, type Target } from './target.ts'

interface SaveDialogProps {
  forms: Forms
  target: Target
  base: Opened
  draft: Json
  onClose: () => void
  onSaved: () => Promise<void>
  /** Others changed the document since it was read. */
  onConflict: () => void
}

/** Shows what changes and what the server says to it, asks why, and saves. */
export function SaveDialog(props: SaveDialogProps) {
  const { forms, target, base, draft, onClose, onSaved, onConflict } = props
  const [reason, setReason] = useState('')
  const check = useQuery({
    queryKey: [target.patch, 'rehearsal', base.etag, draft],
    queryFn: () => rehearse(target, base, draft),
    gcTime: 0,
    staleTime: 0,
  })
  const isConflict = isChangedByOthers(check.error)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer
  useEffect(() => {
    if (isConflict) onConflict()
  }, [isConflict])

  async function submit(): Promise<void> {
    try {
      await save(target, base, draft, reason)
    } catch (error) {
      if (isChangedByOthers(error)) return onConflict()
      throw error
    }
    await onSaved()
    toast(messages.saved)
  }
  return (
    <FormDialog
      title={messages.saveTitle}
      width="wide"
      isOpen
      submit={messages.save}
      onSubmit={submit}
      onClose={onClose}
      isDisabled={check.error !== null && !isConflict}
    >
      <Diff changes={shownChanges(forms, target.kind, differences(base.document, draft))} />
      <p role="status" className="visually-hidden">
        {check.isPending ? messages.checking : ''}
      </p>
      {check.error && !isConflict && <Problem error={check.error} />}
      {check.data?.warnings && (
        <Notice tone="warn" title={messages.warnings}>
          <ul lang="en" translate="no">
            {check.data.warnings.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </Notice>
      )}
      <TextField
        label={messages.reason}
        description={messages.reasonMore}
        maxLength={255}
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  )
}

export const isChangedByOthers = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 412
