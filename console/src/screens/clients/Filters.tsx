import { messages } from '../../messages/clients.ts'
import { Select } from '../../parts/Select.tsx'

type Name =
  | 'clientType'
  | 'applicationType'
  | 'clientSource'
  | 'tokenAuthMethod'
  | 'locked'
  | 'unusedDays'
/** What was chosen; what is absent counts for nothing. */
export type Filter = { readonly [name in Name]?: string }

const any = 'any'
const day = 86_400_000

const fields: readonly [Name, string, readonly (readonly [string, string])[]][] = [
  ['clientType', messages.type, Object.entries(messages.types)],
  ['applicationType', messages.application, Object.entries(messages.applications)],
  ['clientSource', messages.source, Object.entries(messages.sources)],
  ['tokenAuthMethod', messages.method, Object.entries(messages.methods)],
  ['locked', messages.state, Object.entries(messages.states)],
  ['unusedDays', messages.unused, Object.entries(messages.unusedFor)],
]

/** The parameters of the search. Times are those of days, so that lists are kept a while. */
export function queryOf({ unusedDays, ...filter }: Filter) {
  const today = Math.floor(Date.now() / day) * day
  const unusedSince = unusedDays && today - Number(unusedDays) * day
  return { ...filter, unusedSince: unusedSince || undefined }
}

interface FiltersProps {
  filter: Filter
  onChange: (filter: Filter) => void
}

export function Filters({ filter, onChange }: FiltersProps) {
  return fields.map(([name, label, values]) => (
    <Select
      key={name}
      label={label}
      choices={[
        { id: any, label: messages.any },
        ...values.map(([id, text]) => ({ id, label: text })),
      ]}
      value={filter[name] ?? any}
      onChange={(id) => {
        const { [name]: _former, ...rest } = filter
        onChange(id === any ? rest : { ...rest, [name]: id })
      }}
    />
  ))
}
