/** Documents of settings: what differs between two, and merging the changes of two people. */

export type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Equal as JSON, in any order of members. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => isSame(a[name], b[name]))
}

/** The merge patch (RFC 7396) that makes `after` of `before`. */
export function patchBetween(before: Json, after: Json): Json {
  const patch: Json = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[name], after[name]]
    if (isSame(from, to)) continue
    if (to === undefined) patch[name] = null
    else patch[name] = isObject(from) && isObject(to) ? patchBetween(from, to) : to
  }
  return patch
}

/** The document with the merge patch applied. */
export function patched(document: Json, patch: Json): Json {
  const made = { ...document }
  for (const [name, value] of Object.entries(patch)) {
    const former = made[name]
    if (value === null) delete made[name]
    else made[name] = isObject(value) ? patched(isObject(former) ? former : {}, value) : value
  }
  return made
}

interface Pair {
  key: string
  value?: string
}

const attributesOf = (document: Json) => (document['attributes'] ?? []) as Pair[]

const prefix = 'attributes.'

/** The single settings of a document: its properties, and each of its attributes. */
export function unitsOf(document: Json): Map<string, unknown> {
  const pairs = attributesOf(document)
  const keys = new Set(pairs.map(({ key }) => key))
  const { attributes: _, ...rest } = document
  const units = new Map(Object.entries(rest).filter(([, value]) => value !== undefined))
  // Of several pairs with one key, none can be named alone.
  if (keys.size < pairs.length) return units.set('attributes', pairs)
  for (const { key, value } of pairs) units.set(`${prefix}${key}`, value ?? '')
  return units
}

/** The document that has these single settings. */
export function documentOf(units: ReadonlyMap<string, unknown>): Json {
  const document: Json = {}
  const pairs: Pair[] = []
  for (const [name, value] of units) {
    if (name.startsWith(prefix))
      pairs.push({ key: name.slice(prefix.length), value: String(value) })
    else document[name] = value
  }
  return pairs.length > 0 ? { ...document, attributes: pairs } : document
}

export interface Difference {
  name: string
  before: unknown
  after: unknown
}

/** The single settings that differ. */
export function differences(before: Json, after: Json): Difference[] {
  const [from, to] = [unitsOf(before), unitsOf(after)]
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((name) => !isSame(from.get(name), to.get(name)))
    .map((name) => ({ name, before: from.get(name), after: to.get(name) }))
}

/** A setting that two people changed to different values since both read it. */
export interface Conflict {
  name: string
  base: unknown
  mine: unknown
  theirs: unknown
}

export interface Merge {
  /** What the other person changed, and I did not. */
  theirs: Difference[]
  conflicts: Conflict[]
}

export function compare(base: Json, mine: Json, theirs: Json): Merge {
  const my = new Map(differences(base, mine).map((each) => [each.name, each]))
  const other = differences(base, theirs)
  return {
    theirs: other.filter(({ name }) => !my.has(name)),
    conflicts: other.flatMap(({ name, before, after }) => {
      const change = my.get(name)
      if (!change || isSame(change.after, after)) return []
      return [{ name, base: before, mine: change.after, theirs: after }]
    }),
  }
}

/** Their document with my changes, except for conflicts in which theirs was chosen. */
export function merged(
  base: Json,
  mine: Json,
  theirs: Json,
  keepsTheirs: (name: string) => boolean,
): Json {
  const units = unitsOf(theirs)
  for (const { name, after } of differences(base, mine)) {
    if (keepsTheirs(name)) continue
    if (after === undefined) units.delete(name)
    else units.set(name, after)
  }
  return documentOf(units)
}
