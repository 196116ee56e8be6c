import { messages } from '../../messages/editor.ts'
import { Button } from '../../parts/Button.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { useEditable } from '../editable.ts'
import styles from './controls.module.css'
import type { FieldProps } from './field.ts'
import { Group } from './Group.tsx'

export interface Pair {
  key: string
  value?: string
}

/** Keys with values, each of them in a row. */
export function PairsControl({ part, value, onChange, description }: FieldProps) {
  const isEditable = useEditable()
  const pairs = Array.isArray(value) ? (value as Pair[]) : []
  const set = (next: Pair[]) => onChange(next.length > 0 ? next : undefined)
  const change = (index: number, changed: Partial<Pair>) =>
    set(pairs.map((pair, at) => (at === index ? { ...pair, ...changed } : pair)))
  return (
    <Group name={part.name} description={description}>
      {pairs.length === 0 && <p className={styles['none']}>{messages.noEntries}</p>}
      {pairs.map((pair, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={index} className={styles['pair']}>
          <TextField
            label={messages.pairKey}
            mono
            isReadOnly={!isEditable}
            value={pair.key}
            onChange={(key) => change(index, { key })}
          />
          <TextField
            label={messages.pairValue}
            mono
            isReadOnly={!isEditable}
            value={pair.value ?? ''}
            onChange={(text) => change(index, { value: text })}
          />
          {isEditable && (
            <Button
              variant="quiet"
              aria-label={messages.removeEntry(pair.key || messages.entry(index + 1))}
              onPress={() => set(pairs.filter((_, at) => at !== index))}
            >
              <Icon name="cross" />
            </Button>
          )}
        </div>
      ))}
      {isEditable && (
        <Button size="small" onPress={() => set([...pairs, { key: '', value: '' }])}>
          <Icon name="plus" />
          {messages.addPair}
        </Button>
      )}
    </Group>
  )
}
