import { messages as all } from '../../messages/editor.ts'
import { Disclosure } from '../../parts/Disclosure.tsx'
import { Section } from '../../parts/Page.tsx'
import { type Pair, PairsControl } from '../controls/PairsControl.tsx'
import { isSame } from '../document.ts'
import styles from '../editor.module.css'
import type { NamedAttribute } from '../forms.ts'
import { AttributeRow } from './AttributeRow.tsx'

const messages = all.attributes

interface AttributesProps {
  attributes: readonly NamedAttribute[]
  value: unknown
  base: unknown
  onChange: (value: unknown) => void
  /** While searching, only these settings are shown, and no notes. */
  isSearch: boolean
}

const pairsIn = (value: unknown) => (Array.isArray(value) ? (value as Pair[]) : [])

/** The value under the name, or under a former one. */
const textOf = (pairs: readonly Pair[], { name, formerly = [] }: NamedAttribute) =>
  [name, ...formerly]
    .map((each) => pairs.find(({ key }) => key === each)?.value)
    .find((each) => each !== undefined)

/** `ext.vci.status.bits` belongs to `ext.vci`. */
const groupOf = ({ name }: NamedAttribute) => name.split('.').slice(0, 2).join('.')

/** Settings without a property of the contract, and the notes of the caller. */
export function Attributes({ attributes, value, base, onChange, isSearch }: AttributesProps) {
  const [pairs, former] = [pairsIn(value), pairsIn(base)]
  const known = new Set(attributes.flatMap(({ name, formerly = [] }) => [name, ...formerly]))
  const notes = pairs.filter(({ key }) => !known.has(key))
  const set = (next: Pair[]) => onChange(next.length > 0 ? next : undefined)

  function change(attribute: NamedAttribute, text: string | undefined): void {
    const { name, formerly = [] } = attribute
    const names = [name, ...formerly]
    const at = pairs.findIndex(({ key }) => names.includes(key))
    const others = pairs.filter(({ key }) => !names.includes(key))
    if (text === undefined) {
      set(others)
      return
    }
    const place = at === -1 ? others.length : at
    set([...others.slice(0, place), { key: name, value: text }, ...others.slice(place)])
  }
  const row = (attribute: NamedAttribute) => {
    const [now, before] = [textOf(pairs, attribute), textOf(former, attribute)]
    return (
      <AttributeRow
        key={attribute.name}
        attribute={attribute}
        value={now}
        isChanged={!isSame(now, before)}
        onChange={(text) => change(attribute, text)}
        onUndo={() => change(attribute, before)}
      />
    )
  }
  if (isSearch) return <>{attributes.map(row)}</>
  const isSet = (each: NamedAttribute) => textOf(former, each) !== undefined
  const inForce = attributes.filter(isSet)
  const rest = attributes.filter((each) => !isSet(each))
  const countOf = (prefix: string) => rest.filter((each) => groupOf(each) === prefix).length
  const prefixes = [...new Set(rest.map(groupOf))]
  return (
    <>
      {inForce.length > 0 && <Section title={messages.inForce}>{inForce.map(row)}</Section>}
      {prefixes.map((prefix) => (
        <div key={prefix} className={styles['fold']}>
          <Disclosure title={<PrefixTitle prefix={prefix} count={countOf(prefix)} />}>
            {rest.filter((each) => groupOf(each) === prefix).map(row)}
          </Disclosure>
        </div>
      ))}
      <Section title={messages.notes} description={messages.notesMore}>
        <PairsControl
          part={{ name: 'attributes', control: { type: 'pairs' }, says: '' }}
          value={notes}
          description=""
          onChange={(next) => set([...pairs.filter(({ key }) => known.has(key)), ...pairsIn(next)])}
        />
      </Section>
    </>
  )
}

const PrefixTitle = ({ prefix, count }: { prefix: string; count: number }) => (
  <span>
    <code>{prefix}</code> <span className={styles['count']}>{all.found(count)}</span>
  </span>
)
