/** What the forms are made of: `forms.json`, generated from schemas, attributes and rules. */

export type Family = string

export type Control =
  | { type: 'flag' | 'text' | 'longText' | 'uri' | 'keys' | 'json' | 'pairs' }
  | { type: 'number'; unit?: 'seconds' | 'time'; zero?: number }
  | { type: 'choice' | 'choices'; options: string[] }
  | { type: 'texts' | 'uris' | 'pems' }
  | { type: 'object' | 'objects'; fields: Part[] }

export interface Part {
  name: string
  control: Control
  says: string
  fallback?: unknown
}

export interface Setting extends Part {
  family: Family
  spec?: string
  isSecret?: true
  noEffect?: string
  rules?: string[]
}

/** A setting `ext.…`, whose value is text. */
export interface NamedAttribute {
  name: string
  formerly?: string[]
  input?:
    | { type: 'flag' }
    | { type: 'number'; least: number; most: number }
    | { type: 'choice'; options: string[] }
  /** Completes the sentence "It is …". */
  expected: string
  fallback?: unknown
  says: string
  spec?: string
  rules?: string[]
}

export type Kind = 'service' | 'client'

export interface Forms {
  families: Record<Family, string>
  service: Setting[]
  client: Setting[]
  attributes: Record<Kind | 'scope', NamedAttribute[]>
}

let loading: Promise<Forms> | undefined

/** A chunk of its own, which is loaded once. */
export function loadForms(): Promise<Forms> {
  loading ??= import('./forms.json').then(({ default: forms }) => forms as unknown as Forms)
  return loading
}

/** The settings that have the words in their name or sentence. */
export function matching<S extends { name: string; says: string; spec?: string }>(
  settings: readonly S[],
  query: string,
): S[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = ({ name }: S) => (name.toLowerCase().includes(words[0] ?? '') ? 0 : 1)
  return settings
    .filter(({ name, says, spec = '' }) => {
      const text = `${name} ${spaced(name)} ${says} ${spec}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .sort((a, b) => rank(a) - rank(b))
}

/** `accessTokenDuration` is found by "access token", too. */
const spaced = (name: string) => name.replace(/([a-z])([A-Z0-9])/g, '$1 $2').replace(/[._]/g, ' ')
