/** What clients are selected by, besides names and labels: stored as one short text. */

export interface ClientTraits {
  clientType?: string | undefined
  applicationType?: string | undefined
  clientSource?: string | undefined
  tokenAuthMethod?: string | undefined
  locked?: boolean | undefined
}

/** A value of an enumeration; versions before may have stored anything. */
const valueIn = (document: Readonly<Record<string, unknown>>, name: string): string => {
  const value = document[name]
  return typeof value === 'string' && /^[A-Z0-9_]{1,40}$/.test(value) ? value : ''
}

const names = ['clientType', 'applicationType', 'clientSource', 'tokenAuthMethod'] as const

/** The values in a fixed order, each between colons; the migration for older rows says the same. */
export function traitColumn(document: Readonly<Record<string, unknown>>): string {
  const values = names.map((name) => valueIn(document, name))
  return `:${[...values, document['locked'] === true ? 'LOCKED' : 'OPEN'].join(':')}:`
}

/** The pattern of what has these values; undefined without any. */
export function traitPattern({ locked, ...wanted }: ClientTraits): string | undefined {
  const state = locked === undefined ? undefined : locked ? 'LOCKED' : 'OPEN'
  const values = [...names.map((name) => wanted[name]), state]
  if (values.every((value) => value === undefined)) return undefined
  // An underscore stands for any character, which makes no two values alike.
  return `:${values.map((value) => value ?? '%').join(':')}:`
}
