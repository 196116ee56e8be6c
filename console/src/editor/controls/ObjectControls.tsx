/** Values with members, and lists of them. */
import type { ComponentType } from 'react'
import { messages } from '../../messages/editor.ts'
import { Button } from '../../parts/Button.tsx'
import { Disclosure } from '../../parts/Disclosure.tsx'
import { Icon } from '../../parts/Icon.tsx'
import type { Json } from '../document.ts'
import { useEditable } from '../editable.ts'
import type { Part } from '../forms.ts'
import { Sentence } from '../settings/Sentence.tsx'
import styles from './controls.module.css'
import type { FieldProps } from './field.ts'
import { Group } from './Group.tsx'

interface ObjectProps extends FieldProps {
  fields: readonly Part[]
  /** The control of a member. */
  Member: ComponentType<FieldProps>
}

/** A value without members is a value that is not set. */
const given = (value: Json) =>
  Object.values(value).some((member) => member !== undefined) ? value : undefined

type MembersProps = Pick<ObjectProps, 'fields' | 'value' | 'onChange' | 'Member'>

function Members({ fields, value, onChange, Member }: MembersProps) {
  const members = (value ?? {}) as Json
  return (
    <div className={styles['members']}>
      {fields.map((part) => (
        <Member
          key={part.name}
          part={part}
          value={members[part.name]}
          description={<Sentence text={part.says} />}
          onChange={(member) => onChange({ ...members, [part.name]: member })}
        />
      ))}
    </div>
  )
}

export function ObjectControl({ part, description, ...members }: ObjectProps) {
  const { onChange } = members
  return (
    <Group name={part.name} description={description}>
      <Members {...members} onChange={(next) => onChange(given(next as Json))} />
    </Group>
  )
}

export function ObjectsControl({
  part,
  value,
  onChange,
  description,
  fields,
  Member,
}: ObjectProps) {
  const isEditable = useEditable()
  const entries = Array.isArray(value) ? (value as Json[]) : []
  const set = (next: Json[]) => onChange(next.length > 0 ? next : undefined)
  return (
    <Group name={part.name} description={description}>
      {entries.length === 0 && <p className={styles['none']}>{messages.noEntries}</p>}
      {entries.map((entry, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
          key={index}
          className={styles['entry']}
        >
          <Disclosure title={titleOf(entry, fields, index)} isOpen={isEmpty(entry)}>
            <Members
              Member={Member}
              fields={fields}
              value={entry}
              onChange={(next) =>
                set(entries.map((each, at) => (at === index ? (next as Json) : each)))
              }
            />
            {isEditable && (
              <Button
                size="small"
                aria-label={messages.removeEntry(nameOf(entry, fields, index))}
                onPress={() => set(entries.filter((_, at) => at !== index))}
              >
                {messages.remove}
              </Button>
            )}
          </Disclosure>
        </div>
      ))}
      {isEditable && (
        <Button size="small" onPress={() => set([...entries, {}])}>
          <Icon name="plus" />
          {messages.addEntry}
        </Button>
      )}
    </Group>
  )
}

const isEmpty = (entry: Json) => Object.keys(entry).length === 0

/** What tells an entry from others: its first text. */
function nameOf(entry: Json, fields: readonly Part[], index: number): string {
  const texts = fields.map(({ name }) => entry[name]).filter((each) => typeof each === 'string')
  return (texts[0] as string | undefined) || messages.entry(index + 1)
}

const titleOf = (entry: Json, fields: readonly Part[], index: number) => (
  <code>{nameOf(entry, fields, index)}</code>
)
