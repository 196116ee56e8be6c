import { useState } from 'react'
import { messages } from '../../messages/editor.ts'
import { Disclosure } from '../../parts/Disclosure.tsx'
import { Section } from '../../parts/Page.tsx'
import { Empty } from '../../parts/Problem.tsx'
import { SearchField } from '../../parts/SearchField.tsx'
import { isSame } from '../document.ts'
import type { Draft } from '../draft.ts'
import styles from '../editor.module.css'
import { type Forms, type Kind, matching, type Setting } from '../forms.ts'
import type { Finding } from '../lint.ts'
import { Attributes } from './Attributes.tsx'
import { Families } from './Families.tsx'
import { SettingRow } from './SettingRow.tsx'

interface SettingsFormProps {
  forms: Forms
  kind: Kind
  draft: Draft
  findings: readonly Finding[]
  onApply?: ((finding: Finding) => void) | undefined
  /** The setting to begin with. */
  start?: string | undefined
}

/** All settings: one family at a time, or what was searched for. */
export function SettingsForm({ forms, kind, draft, findings, onApply, start }: SettingsFormProps) {
  const settings = forms[kind]
  const named = settings.find(({ name }) => name === start)
  const [query, setQuery] = useState(named ? named.name : '')
  const [family, setFamily] = useState(named?.family ?? settings[0]?.family ?? '')
  const isSearch = query.trim() !== ''
  const shown = isSearch
    ? matching(settings, query)
    : settings.filter((each) => each.family === family)
  const attributes = isSearch ? matching(forms.attributes[kind], query) : forms.attributes[kind]
  const list = <SettingList {...{ shown, attributes, draft, findings, onApply, isSearch }} />
  return (
    <div className={styles['form']}>
      <div className={styles['side']}>
        <SearchField
          label={messages.search}
          placeholder={messages.searchMore}
          value={query}
          onChange={setQuery}
        />
        <Families
          families={entriesOf(settings, draft, findings)}
          current={isSearch ? '' : family}
          onChoose={(id) => {
            setFamily(id)
            setQuery('')
          }}
        />
      </div>
      <div key={draft.version} className={styles['settings']}>
        {isSearch ? (
          <Found count={shown.length + attributes.length}>{list}</Found>
        ) : (
          <Section title={titleOf(family)}>{list}</Section>
        )}
      </div>
    </div>
  )
}

const titleOf = (family: string) =>
  messages.families[family as keyof typeof messages.families] ?? family

const Found = ({ count, children }: { count: number; children: React.ReactNode }) => (
  <>
    <p role="status" className={styles['count']}>
      {messages.found(count)}
    </p>
    {count === 0 ? (
      <Empty title={messages.nothingFound}>
        <p>{messages.nothingFoundMore}</p>
      </Empty>
    ) : (
      children
    )}
  </>
)

function entriesOf(settings: readonly Setting[], { changes }: Draft, findings: readonly Finding[]) {
  const changed = changes.map(({ name }) => name.replace(/^attributes\..*/s, 'attributes'))
  return Object.keys(messages.families).flatMap((id) => {
    const names = settings.filter(({ family }) => family === id).map(({ name }) => name)
    const count = (all: readonly string[]) => all.filter((name) => names.includes(name)).length
    const found = count(findings.map(({ path }) => path))
    const entry = { id, title: titleOf(id), changes: count(changed), findings: found }
    return names.length > 0 ? [entry] : []
  })
}

interface SettingListProps extends Pick<SettingsFormProps, 'draft' | 'findings' | 'onApply'> {
  shown: readonly Setting[]
  attributes: Forms['attributes']['service']
  isSearch: boolean
}

function SettingList({ shown, attributes, draft, findings, onApply, isSearch }: SettingListProps) {
  const { base, draft: document, set } = draft
  const row = (setting: Setting) => {
    const { name } = setting
    const former = base.document[name]
    return (
      <SettingRow
        key={name}
        setting={setting}
        value={document[name]}
        isChanged={!isSame(document[name], former)}
        onChange={(value) => set(name, value)}
        onUndo={() => draft.replace(withValue(document, name, former))}
        findings={findings.filter(({ path }) => path === name)}
        onApply={onApply}
      />
    )
  }
  const plain = shown.filter(({ name }) => name !== 'attributes')
  const effective = plain.filter(
    ({ noEffect, name }) => !noEffect || /name$|^description$/i.test(name),
  )
  const others = plain.filter((each) => !effective.includes(each))
  const showsAttributes = isSearch ? attributes.length > 0 : shown.length > plain.length
  return (
    <>
      {effective.map(row)}
      {showsAttributes && (
        <Attributes
          attributes={attributes}
          value={document['attributes']}
          base={base.document['attributes']}
          isSearch={isSearch}
          onChange={(value) => set('attributes', value)}
        />
      )}
      {others.length > 0 && (
        <div className={styles['fold']}>
          <Disclosure title={messages.withoutEffect(others.length)} isOpen={isSearch}>
            {others.map(row)}
          </Disclosure>
        </div>
      )}
    </>
  )
}

function withValue(document: Draft['draft'], name: string, value: unknown): Draft['draft'] {
  const { [name]: _, ...rest } = document
  return value === undefined ? rest : { ...rest, [name]: value }
}
