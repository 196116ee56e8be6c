import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messages } from '../messages/editor.ts'
import { RadioGroup } from '../parts/Choices.tsx'
import { FormDialog } from '../parts/Dialog.tsx'
import { Diff } from '../parts/Diff.tsx'
import { Loading, Section } from '../parts/Page.tsx'
import { Problem } from '../parts/Problem.tsx'
import { type Conflict, compare, type Json, merged } from './document.ts'
import type { Opened } from './draft.ts'
import styles from './editor.module.css'
import type { Forms } from './forms.ts'
import { hiddenNames, shownChanges } from './shown-changes.ts'
import { read, settable, type Target } from './target.ts'

interface ConflictDialogProps {
  forms: Forms
  target: Target
  base: Opened
  draft: Json
  onClose: () => void
  onMerged: (draft: Json, theirs: Opened) => void
}

/** Three versions of the document: what was read, mine, and that of others. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { forms, target, base, draft, onClose, onMerged } = props
  const [kept, setKept] = useState<Record<string, string>>({})
  const { data: theirs, error } = useQuery({
    queryKey: [target.read, 'theirs', base.etag],
    queryFn: async (): Promise<Opened> => {
      const { whole, etag } = await read(target)
      const names = forms[target.kind].map(({ name }) => name)
      return { document: settable(whole, names), etag }
    },
    gcTime: 0,
    staleTime: 0,
  })
  const found = theirs && compare(base.document, draft, theirs.document)
  const merge = async () => {
    if (!theirs) return
    const keepsTheirs = (name: string) => kept[name] === 'theirs'
    onMerged(merged(base.document, draft, theirs.document, keepsTheirs), theirs)
  }
  return (
    <FormDialog
      title={messages.conflictTitle}
      width="wide"
      isOpen
      submit={messages.merge}
      onSubmit={merge}
      onClose={onClose}
      isDisabled={!theirs}
    >
      {error && <Problem error={error} />}
      {!found && !error && <Loading />}
      {found && (
        <p>
          {found.conflicts.length > 0
            ? messages.conflictSome(found.conflicts.length)
            : messages.conflictNone}
        </p>
      )}
      {found?.conflicts.map((conflict) => (
        <Choice
          key={conflict.name}
          conflict={conflict}
          isHidden={hiddenNames(forms, target.kind).has(conflict.name)}
          value={kept[conflict.name] ?? 'mine'}
          onChange={(value) => setKept({ ...kept, [conflict.name]: value })}
        />
      ))}
      {found && found.theirs.length > 0 && (
        <Section title={messages.theirChanges}>
          <Diff changes={shownChanges(forms, target.kind, found.theirs)} />
        </Section>
      )}
    </FormDialog>
  )
}

interface ChoiceProps {
  conflict: Conflict
  isHidden: boolean
  value: string
  onChange: (value: string) => void
}

function Choice({ conflict, isHidden, value, onChange }: ChoiceProps) {
  const { name, base, mine, theirs } = conflict
  const shown = (version: unknown) => (isHidden ? messages.notShown : valueText(version))
  return (
    <div className={styles['conflict']}>
      <RadioGroup
        label={messages.keep(name)}
        choices={[
          { id: 'mine', label: messages.mine, more: shown(mine) },
          { id: 'theirs', label: messages.theirs, more: shown(theirs) },
        ]}
        value={value}
        onChange={onChange}
      />
      <p className={styles['count']}>
        {messages.before}: <code>{shown(base)}</code>
      </p>
    </div>
  )
}

const longest = 300

function valueText(value: unknown): string {
  if (value === undefined) return messages.absent
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
