/** In what two answers differ, apart from values that must differ. */
import { isExpiry, isLifetime, isMade, isShown, isTime, isWorded } from './names.ts'
import { shapeOf, shown } from './shown.ts'
import { type Branch, isBranch, Parsed, type Tree } from './tree.ts'

export interface Difference {
  /** What is different, and in which member; by this, differences are counted. */
  readonly cause: string
  readonly primary: string | number | boolean
  readonly secondary: string | number | boolean
}

export interface Comparison {
  /** Whether the secondary knows a value of the primary by this other one. */
  isSame(primary: string, secondary: string): boolean
  /** Seconds that points in time may be apart. */
  readonly tolerance: number
  /** Seconds by which the secondary answered later: those of a recording. */
  readonly laterBy?: number | undefined
  /** Members that are not compared. */
  readonly ignored: ReadonlySet<string>
}

/** More tell nothing further of one call. */
const most = 20

type What = 'value' | 'shape' | 'missing' | 'extra' | 'lifetime' | 'entries'

interface Place {
  readonly path: string
  readonly name: string
}

export function differencesOf(a: Tree, b: Tree, comparison: Comparison): Difference[] {
  const found = new Map<string, Difference>()
  const add = (what: What, { path, name }: Place, primary: Tree, secondary: Tree) => {
    const cause = `${what} ${path}`
    if (found.size >= most || found.has(cause)) return
    found.set(cause, {
      cause,
      primary: shown(primary, name),
      secondary: shown(secondary, name),
    })
  }
  compare(a, b, { path: '', name: '' }, { ...comparison, add })
  return [...found.values()]
}

interface Walk extends Comparison {
  add(what: What, place: Place, primary: Tree, secondary: Tree): void
}

function compare(a: Tree, b: Tree, at: Place, walk: Walk): void {
  if (a instanceof Parsed && b instanceof Parsed && a.kind === b.kind) {
    compareParsed(a, b, at, walk)
  } else if (Array.isArray(a) && Array.isArray(b)) {
    compareLists(a, b, at, walk)
  } else if (isBranch(a) && isBranch(b)) {
    compareMembers(a, b, at, walk)
  } else {
    compareValues(a, b, at, walk)
  }
}

/** Longer names are the user's, or data. */
const nameOf = (member: string) => (member.length > 80 ? `${member.slice(0, 80)}…` : member)
const below = ({ path }: Place, member: string): Place => ({
  path: path === '' ? nameOf(member) : `${path}.${nameOf(member)}`,
  name: member,
})

/** Servers leave a member out, or say null. */
const isAbsent = (tree: Tree) => tree === undefined || tree === null

function compareMembers(a: Branch, b: Branch, at: Place, walk: Walk): void {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (isWorded(name) || walk.ignored.has(name)) continue
    const [left, right] = [ownOf(a, name), ownOf(b, name)]
    if (isAbsent(left) && isAbsent(right)) continue
    const place = below(at, name)
    if (isAbsent(right)) walk.add('missing', place, left, undefined)
    else if (isAbsent(left)) walk.add('extra', place, undefined, right)
    else compare(left, right, place, walk)
  }
}

const ownOf = (branch: Branch, name: string): Tree =>
  Object.hasOwn(branch, name) ? branch[name] : undefined

function compareParsed(a: Parsed, b: Parsed, at: Place, walk: Walk): void {
  if (a.kind === 'jwt' && lifetimeOf(a) !== lifetimeOf(b)) {
    const place = below(at, 'expires_in')
    walk.add('lifetime', place, lifetimeOf(a), lifetimeOf(b))
  }
  compare(a.content, b.content, at, walk)
}

function lifetimeOf({ content }: Parsed): number | undefined {
  const claims = isBranch(content) ? content['claims'] : undefined
  if (!isBranch(claims)) return undefined
  const { exp, iat } = claims
  return typeof exp === 'number' && typeof iat === 'number' ? exp - iat : undefined
}

/** Seconds that a lifetime may differ if it is counted from the time of the call. */
const rounding = 2

function compareValues(a: Tree, b: Tree, at: Place, walk: Walk): void {
  const { name } = at
  if (typeof a === 'number' && typeof b === 'number') {
    if (isLifetime(name) && Math.abs(a - b) <= rounding) return
    if (isTime(name) && isNear(a, b, name, walk)) return
  }
  if (isMade(name)) {
    if (shapeOf(a) !== shapeOf(b)) walk.add('shape', at, a, b)
    return
  }
  if (a === b || walk.isSame(String(a), String(b))) return
  if (isScope(name) && isSameSet(wordsOf(a), wordsOf(b))) return
  walk.add(shapeOf(a) === shapeOf(b) ? 'value' : 'shape', at, a, b)
}

const isScope = (name: string) => /^(scope|acr_values|prompt)$/.test(name)
const wordsOf = (tree: Tree): string[] => String(tree).split(' ').filter(Boolean)
const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.toSorted().join(' ') === b.toSorted().join(' ')

/** Of times that follow from no lifetime only the shape is compared. 0 is no time. */
function isNear(a: number, b: number, name: string, comparison: Comparison): boolean {
  if (a <= 0 || b <= 0) return a === b
  if (!isExpiry(name)) return true
  const { tolerance, laterBy = 0 } = comparison
  const second = Math.max(a, b) > 100_000_000_000 ? 1_000 : 1
  return Math.abs(a + laterBy * second - b) <= tolerance * second
}

/** Lists have no order: entries are found by what names them, or by what they are. */
function compareLists(a: readonly Tree[], b: readonly Tree[], at: Place, walk: Walk): void {
  const all = [...a, ...b]
  const isOfBranches = all.every((each) => isBranch(each))
  const isOfKeys = at.name === 'keys' && isOfBranches && all.every((each) => each['kty'])
  const naming = ['name', 'key', 'tag', 'type', 'clientId', 'id'].find(
    (name) => isOfBranches && all.every((each) => !isAbsent(ownOf(each, name))),
  )
  if (isOfKeys) compareSets(setOf(a, keyShape), setOf(b, keyShape), at, walk)
  else if (naming !== undefined) compareNamed(naming, a, b, at, walk)
  else if (!isOfBranches) compareSets(setOf(a, textOf), setOf(b, textOf), at, walk)
  else compareEntries(a, b, at, walk)
}

function compareEntries(a: readonly Tree[], b: readonly Tree[], at: Place, walk: Walk): void {
  if (a.length !== b.length) walk.add('entries', at, a, b)
  a.forEach((each, index) => {
    if (index < b.length) compare(each, b[index], { ...at, path: `${at.path}[]` }, walk)
  })
}

/** A key of a set by what it is for: RFC 7517 §4. */
const keyShape = (tree: Tree): string => {
  const { kty, use, alg, crv } = tree as Branch
  return JSON.stringify([kty, use, alg, crv])
}

const textOf = (tree: Tree): string =>
  tree instanceof Parsed && tree.kind !== 'url' ? tree.kind : JSON.stringify(tree)

interface Entries {
  readonly tree: readonly Tree[]
  readonly texts: readonly string[]
}
const setOf = (tree: readonly Tree[], text: (each: Tree) => string): Entries => ({
  tree,
  texts: tree.map(text),
})

/** More entries that are not equal are not searched for one that the secondary knows otherwise. */
const mostTranslated = 50

function compareSets(a: Entries, b: Entries, at: Place, walk: Walk): void {
  const counts = new Map<string, number>()
  for (const each of b.texts) counts.set(each, (counts.get(each) ?? 0) + 1)
  const left = a.texts.filter((each) => {
    const count = counts.get(each) ?? 0
    if (count > 0) counts.set(each, count - 1)
    return count === 0
  })
  const rest = [...counts].flatMap(([each, count]) => (count > 0 ? [each] : []))
  const isKnown = (each: string) => rest.some((other) => walk.isSame(plain(each), plain(other)))
  const isSame =
    a.texts.length === b.texts.length && left.length <= mostTranslated && left.every(isKnown)
  if (!isSame) walk.add('entries', at, a.tree, b.tree)
}

const plain = (text: string) => text.replace(/^"|"$/g, '')

function compareNamed(
  naming: string,
  a: readonly Tree[],
  b: readonly Tree[],
  at: Place,
  walk: Walk,
): void {
  const nameIn = (tree: Tree) => String(isBranch(tree) ? tree[naming] : '')
  const rest = new Map(b.map((each) => [nameIn(each), each]))
  const place = { ...at, path: `${at.path}[]` }
  for (const each of a) {
    const other = rest.get(nameIn(each)) ?? entryOf(rest, nameIn(each), walk)
    if (other === undefined) walk.add('missing', place, isShown(naming) ? nameIn(each) : each, null)
    else compare(each, other, place, walk)
  }
  if (b.length > a.length) walk.add('extra', place, null, b)
}

const entryOf = (rest: ReadonlyMap<string, Tree>, name: string, { isSame }: Walk): Tree =>
  [...rest].find(([other]) => isSame(name, other))?.[1]
