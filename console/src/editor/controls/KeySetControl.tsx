import { useState } from 'react'
import { messages as all } from '../../messages/editor.ts'
import { Button } from '../../parts/Button.tsx'
import { Row } from '../../parts/Page.tsx'
import { Notice } from '../../parts/Problem.tsx'
import { Table } from '../../parts/Table.tsx'
import { TextField } from '../../parts/TextField.tsx'
import { useEditable } from '../editable.ts'
import styles from './controls.module.css'
import type { FieldProps } from './field.ts'
import { Group } from './Group.tsx'

const messages = all.keySet

interface Key {
  kid?: string
  kty?: string
  alg?: string
  use?: string
}

/** The keys of a JWK Set by their public names. Undefined if the text is none. */
function keysIn(text: string): Key[] | undefined {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }
    return Array.isArray(keys) ? (keys as Key[]) : undefined
  } catch {
    return undefined
  }
}

interface KeySetProps extends FieldProps {
  isChanged: boolean
}

/** Shows names of keys only. A new key set can be entered, and is not shown again either. */
export function KeySetControl({ part, value, onChange, description, isChanged }: KeySetProps) {
  const isEditable = useEditable()
  const [entered, setEntered] = useState<string>()
  const text = typeof value === 'string' ? value : ''
  const keys = text === '' ? [] : keysIn(text)
  return (
    <Group name={part.name} description={description}>
      {isChanged && <Notice title={messages.isNew} />}
      {keys === undefined && <p className={styles['none']}>{messages.unreadable}</p>}
      {keys?.length === 0 && <p className={styles['none']}>{messages.none}</p>}
      {keys && keys.length > 0 && <Keys keys={keys} name={part.name} />}
      {isEditable && entered === undefined && (
        <Row>
          <Button size="small" onPress={() => setEntered('')}>
            {messages.replace}
          </Button>
          {keys?.length !== 0 && (
            <Button size="small" variant="quiet" onPress={() => onChange(undefined)}>
              {messages.clear}
            </Button>
          )}
        </Row>
      )}
      {entered !== undefined && (
        <Entry
          text={entered}
          onEnter={setEntered}
          onTake={(next) => {
            onChange(next)
            setEntered(undefined)
          }}
        />
      )}
    </Group>
  )
}

const Keys = ({ keys, name }: { keys: readonly Key[]; name: string }) => (
  <Table
    label={`${name}: ${messages.caption}`}
    rows={keys.map((key, index) => ({ ...key, index }))}
    idOf={({ index }) => String(index)}
    columns={[
      {
        id: 'kid',
        header: messages.kid,
        isName: true,
        cell: ({ kid }) => <code>{kid ?? '–'}</code>,
      },
      { id: 'kty', header: messages.kty, cell: ({ kty }) => <code>{kty ?? '–'}</code> },
      { id: 'alg', header: messages.alg, cell: ({ alg }) => <code>{alg ?? '–'}</code> },
      { id: 'use', header: messages.use, cell: ({ use }) => <code>{use ?? '–'}</code> },
    ]}
  />
)

interface EntryProps {
  text: string
  onEnter: (text: string | undefined) => void
  onTake: (text: string) => void
}

function Entry({ text, onEnter, onTake }: EntryProps) {
  const isReadable = keysIn(text) !== undefined
  return (
    <>
      <TextField
        label={messages.replace}
        description={messages.replaceMore}
        rows={8}
        value={text}
        error={text === '' || isReadable ? undefined : messages.unreadable}
        onChange={onEnter}
      />
      <Row>
        <Button size="small" isDisabled={!isReadable} onPress={() => onTake(text)}>
          {messages.take}
        </Button>
        <Button size="small" variant="quiet" onPress={() => onEnter(undefined)}>
          {messages.drop}
        </Button>
      </Row>
    </>
  )
}
