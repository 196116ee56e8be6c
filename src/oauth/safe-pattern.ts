/**
 * Regular expressions that strangers send: a small dialect, matched without backtracking and on a
 * budget. Read by: transformed claims.
 */
import { defineRules, refuse } from '../refusal.ts'

const rules = defineRules('Pattern', {
  unsafe: {
    code: 'P007204',
    error: 'invalid_request',
    spec: 'OIDC ASC §8',
    says: 'A regular expression of the transformed claims is too long, nested, or not supported.',
  },
})

const lengthLimit = 100
const countLimit = 100

export type Pattern =
  | { kind: 'one'; accepts(char: string): boolean }
  | { kind: 'start' }
  | { kind: 'end' }
  | { kind: 'sequence'; nodes: Pattern[] }
  | { kind: 'choice'; nodes: Pattern[] }
  | { kind: 'repeat'; node: Pattern; min: number; max: number }

/** Steps that are left; whoever has none gets no result. */
export interface Budget {
  left: number
}
export class BudgetSpent extends Error {}

export function spend(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left < 0) throw new BudgetSpent()
}

interface Cursor {
  chars: string[]
  at: number
}

/**
 * Literals, `.`, classes, `\d \w \s`, groups, `|`, `^`, `$` and quantifiers. A quantifier within a
 * quantified group, a look-around and a back-reference are refused.
 */
export function parsePattern(text: string): Pattern {
  const cursor = { chars: [...text], at: 0 }
  if (cursor.chars.length > lengthLimit) refuse(rules.unsafe, 'length')
  const pattern = parseChoice(cursor)
  if (cursor.at < cursor.chars.length) refuse(rules.unsafe, 'unbalanced )')
  return pattern
}

const peek = ({ chars, at }: Cursor): string | undefined => chars[at]

function take(cursor: Cursor, char: string): boolean {
  const isNext = peek(cursor) === char
  if (isNext) cursor.at += 1
  return isNext
}

const next = (cursor: Cursor): string => {
  const char = peek(cursor) ?? refuse(rules.unsafe, 'unfinished')
  cursor.at += 1
  return char
}

function parseChoice(cursor: Cursor): Pattern {
  const nodes = [parseSequence(cursor)]
  while (take(cursor, '|')) nodes.push(parseSequence(cursor))
  return { kind: 'choice', nodes }
}

function parseSequence(cursor: Cursor): Pattern {
  const nodes: Pattern[] = []
  for (let char = peek(cursor); char !== undefined; char = peek(cursor)) {
    if (char === '|' || char === ')') break
    nodes.push(parseQuantified(cursor))
  }
  return { kind: 'sequence', nodes }
}

function parseQuantified(cursor: Cursor): Pattern {
  const node = parseAtom(cursor)
  const count = parseCount(cursor)
  if (!count) return node
  // Whether a quantifier is lazy makes no difference to whether a text matches.
  take(cursor, '?')
  const isNested = !isRepeatable(node) || parseCount(cursor) !== undefined
  if (isNested || count.min > count.max || count.min > countLimit) refuse(rules.unsafe, 'nested')
  return { kind: 'repeat', node, ...count }
}

function isRepeatable(node: Pattern): boolean {
  if (node.kind === 'one') return true
  return 'nodes' in node && node.nodes.every(isRepeatable)
}

function parseCount(cursor: Cursor): { min: number; max: number } | undefined {
  if (take(cursor, '*')) return { min: 0, max: Number.POSITIVE_INFINITY }
  if (take(cursor, '+')) return { min: 1, max: Number.POSITIVE_INFINITY }
  if (take(cursor, '?')) return { min: 0, max: 1 }
  if (peek(cursor) !== '{') return undefined
  const rest = cursor.chars.slice(cursor.at).join('')
  const [all, min = '', comma, max = ''] =
    /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(rest) ?? refuse(rules.unsafe, 'count')
  cursor.at += all.length
  if (comma === undefined) return { min: Number(min), max: Number(min) }
  return { min: Number(min), max: max === '' ? Number.POSITIVE_INFINITY : Number(max) }
}

function parseAtom(cursor: Cursor): Pattern {
  const char = next(cursor)
  if (char === '^') return { kind: 'start' }
  if (char === '$') return { kind: 'end' }
  if (char === '(') return parseGroup(cursor)
  if (char === '[') return { kind: 'one', accepts: parseClass(cursor) }
  if (char === '.') return { kind: 'one', accepts: (other) => other !== '\n' && other !== '\r' }
  if (char === '\\') return { kind: 'one', accepts: parseEscape(cursor).accepts }
  if ('*+?{'.includes(char)) refuse(rules.unsafe, 'nothing to repeat')
  return { kind: 'one', accepts: (other) => other === char }
}

function parseGroup(cursor: Cursor): Pattern {
  if (take(cursor, '?') && !take(cursor, ':')) refuse(rules.unsafe, 'group')
  const inner = parseChoice(cursor)
  return take(cursor, ')') ? inner : refuse(rules.unsafe, 'unbalanced (')
}

interface Escape {
  /** The character that it stands for, where it is one. */
  char?: string
  accepts(char: string): boolean
}

const exactly = (char: string): Escape => ({ char, accepts: (other) => other === char })

const escapes: Record<string, Escape> = {
  d: { accepts: (char) => /^\d$/.test(char) },
  D: { accepts: (char) => !/^\d$/.test(char) },
  w: { accepts: (char) => /^\w$/.test(char) },
  W: { accepts: (char) => !/^\w$/.test(char) },
  s: { accepts: (char) => /^\s$/.test(char) },
  S: { accepts: (char) => !/^\s$/.test(char) },
  n: exactly('\n'),
  r: exactly('\r'),
  t: exactly('\t'),
}

function parseEscape(cursor: Cursor): Escape {
  const char = next(cursor)
  if (Object.hasOwn(escapes, char)) return escapes[char] ?? exactly(char)
  return /^[A-Za-z0-9]$/.test(char) ? refuse(rules.unsafe, 'escape') : exactly(char)
}

function parseClass(cursor: Cursor): (char: string) => boolean {
  const isNegated = take(cursor, '^')
  const members: ((char: string) => boolean)[] = []
  while (!take(cursor, ']')) members.push(parseClassMember(cursor))
  if (members.length === 0) refuse(rules.unsafe, 'empty class')
  return (char) => members.some((accepts) => accepts(char)) !== isNegated
}

function parseClassMember(cursor: Cursor): (char: string) => boolean {
  const from = parseClassChar(cursor)
  const isRange = peek(cursor) === '-' && cursor.chars[cursor.at + 1] !== ']'
  if (!isRange) return from.accepts
  cursor.at += 1
  const to = parseClassChar(cursor)
  const [first, last] = [from.char?.codePointAt(0), to.char?.codePointAt(0)]
  if (first === undefined || last === undefined || first > last) refuse(rules.unsafe, 'range')
  return (char) => {
    const point = char.codePointAt(0) ?? -1
    return point >= first && point <= last
  }
}

const parseClassChar = (cursor: Cursor): Escape => {
  const char = next(cursor)
  return char === '\\' ? parseEscape(cursor) : exactly(char)
}

/** Whether the pattern matches anywhere in the text: all ways at once, so that none is retried. */
export function matches(pattern: Pattern, text: string, budget: Budget): boolean {
  spend(budget, text.length)
  const chars = [...text]
  const anywhere = new Set([...chars.keys(), chars.length])
  return reach(pattern, chars, anywhere, budget).size > 0
}

/** Positions where a match can end that begins at one of those given. */
function reach(node: Pattern, chars: string[], starts: Set<number>, budget: Budget): Set<number> {
  spend(budget, starts.size + 1)
  const step = (inner: Pattern, from: Set<number>) => reach(inner, chars, from, budget)
  switch (node.kind) {
    case 'start':
      return new Set(starts.has(0) ? [0] : [])
    case 'end':
      return new Set(starts.has(chars.length) ? [chars.length] : [])
    case 'one':
      return new Set([...starts].filter((at) => accepts(node, chars[at])).map((at) => at + 1))
    case 'sequence':
      return node.nodes.reduce((from, inner) => step(inner, from), starts)
    case 'choice':
      return new Set(node.nodes.flatMap((inner) => [...step(inner, starts)]))
    case 'repeat':
      return reachAgain(node, starts, (from) => step(node.node, from))
  }
}

const accepts = (node: Pattern & { kind: 'one' }, char: string | undefined): boolean =>
  char !== undefined && node.accepts(char)

function reachAgain(
  { min, max }: { min: number; max: number },
  starts: Set<number>,
  step: (from: Set<number>) => Set<number>,
): Set<number> {
  let latest = starts
  for (let count = 0; count < min && latest.size > 0; count += 1) latest = step(latest)
  const reached = new Set(latest)
  for (let count = min; count < max && latest.size > 0; count += 1) {
    latest = new Set([...step(latest)].filter((at) => !reached.has(at)))
    for (const at of latest) reached.add(at)
  }
  return reached
}
