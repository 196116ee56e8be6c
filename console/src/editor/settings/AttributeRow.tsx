import { messages as all } from '../../messages/editor.ts'
import { Control } from '../Control.tsx'
import type { Control as Form, NamedAttribute } from '../forms.ts'
import { Sentence } from './Sentence.tsx'
import { SettingFrame } from './SettingFrame.tsx'

const messages = all.attributes

interface AttributeRowProps {
  attribute: NamedAttribute
  value: string | undefined
  isChanged: boolean
  onChange: (value: string | undefined) => void
  onUndo: () => void
}

/** A setting `ext.…`: text in the document, and here what its form says. */
export function AttributeRow({ attribute, value, isChanged, onChange, onUndo }: AttributeRowProps) {
  const { name, input, expected, fallback, says, spec, rules, formerly } = attribute
  return (
    <SettingFrame {...{ name, isChanged, onUndo, spec, rules }} byDefault={defaultText(fallback)}>
      <Control
        part={{ name, control: controlOf(input), says }}
        value={value}
        description={
          <>
            <Sentence text={says} />{' '}
            {(input === undefined || input.type === 'number') && (
              <Sentence text={messages.valueIs(expected)} />
            )}{' '}
            {formerly && messages.formerly(formerly.join(', '))}
          </>
        }
        onChange={(next) => onChange(next === undefined ? undefined : String(next))}
      />
    </SettingFrame>
  )
}

/** What is not set must stay distinguishable from what is set to its default. */
function controlOf(input: NamedAttribute['input']): Form {
  if (input?.type === 'flag') return { type: 'choice', options: ['true', 'false'] }
  if (input?.type === 'choice') return { type: 'choice', options: input.options }
  return { type: 'text' }
}

function defaultText(fallback: unknown): string {
  if (fallback === undefined || fallback === '') return all.absent
  return typeof fallback === 'object' ? JSON.stringify(fallback) : String(fallback)
}
