import { messages as all } from '../messages/editor.ts'
import { Select } from '../parts/Select.tsx'
import styles from './editor.module.css'
import { type Profile, profiles, recommended } from './lint.ts'

const messages = all.lint

/** What settings are checked against while they are edited. */
export type Checked = 'recommended' | 'all' | Profile

export function profilesOf(checked: Checked): readonly Profile[] | undefined {
  if (checked === 'all') return undefined
  return checked === 'recommended' ? recommended : [checked]
}

const profileChoices = [
  { id: 'recommended', label: messages.recommended, more: recommended.join(', ') },
  { id: 'all', label: messages.all },
  ...profiles.map((id) => ({ id, label: id })),
]

interface AgainstProps {
  checked: Checked
  onChange: (checked: Checked) => void
  count: number
  isFailing: boolean
}

export function Against({ checked, onChange, count, isFailing }: AgainstProps) {
  const summary = count === 0 ? messages.none : messages.summary(count)
  return (
    <div className={styles['against']}>
      <div translate="no">
        <Select
          label={messages.against}
          choices={profileChoices}
          value={checked}
          onChange={(id) => onChange(id as Checked)}
        />
      </div>
      <p role="status" className={styles['count']}>
        {isFailing ? messages.unavailable : summary}
      </p>
    </div>
  )
}
