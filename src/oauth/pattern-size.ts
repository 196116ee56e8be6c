/**
 * Estimates the size of the program that an RE2 pattern compiles to. Matching takes time linear in
 * the text and in this size.
 */

/** Sizes of a group: of its last atom, which a quantifier may repeat, and of all before it. */
interface Group {
  before: number
  last: number
  /** Whether the current branch has no atom yet. An empty branch, as in `(a|)`, costs one step. */
  isEmpty: boolean
}

const newGroup = (before: number): Group => ({ before, last: 0, isEmpty: true })
/** One instruction each for the start and the end of a group. */
const groupOverhead = 2

/** A Unicode class is a table of hundreds of ranges. */
const tableSize = 15
/** Case folding visits each code point of a range, up to the last one that has two cases. */
const foldedPerStep = 250
const lastFolded = 125_251
/** Instructions for start, end, and the search for the start of a match. */
const programOverhead = 8

const character = String.raw`\\x\{[0-9a-fA-F]*\}|\\x[0-9a-fA-F]{2}|\\[^pP]|[^\\]`
const table = String.raw`\\[pP](?:\{[^}]*\}|[\s\S])`
const tokens = new RegExp(
  [
    String.raw`(?<flags>\(\?[a-zA-Z-]*\))`,
    String.raw`(?<open>\((?:\?(?:P?<\w*>|[a-zA-Z-]*:))?)`,
    String.raw`(?<close>\))`,
    String.raw`(?<choice>\|)`,
    String.raw`(?<quantifier>[*+?]|\{(?<least>\d+)(?<most>,\d*)?\})`,
    String.raw`\\Q(?<quoted>[\s\S]*?)(?:\\E|$)`,
    String.raw`(?<list>\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\])`,
    `(?<table>${table})`,
    `(?:${character})`,
  ].join('|'),
  'gu',
)

/** An upper bound of the compiled size. Invalid patterns have a size too. */
export function patternSize(source: string): number {
  const folds = /\(\?[a-zA-Z]*i/.test(source)
  const outer: Group[] = []
  let group = newGroup(0)
  let tables = 0
  const add = (size: number) => {
    group = { before: group.before + group.last, last: size, isEmpty: false }
  }
  for (const { groups: token = {} } of source.matchAll(tokens)) {
    if (token['flags'] !== undefined) continue
    if (token['quantifier'] !== undefined) {
      group.last = repeated(group.last, token['least'], token['most'])
    } else if (token['open'] !== undefined) {
      outer.push(group)
      group = newGroup(groupOverhead)
    } else if (token['close'] !== undefined) {
      const { before, last, isEmpty } = group
      group = outer.pop() ?? newGroup(0)
      add(before + last + Number(isEmpty))
    } else if (token['choice'] !== undefined) {
      add(1 + Number(group.isEmpty))
      group.isEmpty = true
    } else {
      for (const _ of token['quoted'] ?? ' ') add(1)
      tables += tablesOf(token['list'] ?? token['table'] ?? '', folds)
    }
  }
  const total = [...outer, group].reduce((sum, { before, last }) => sum + before + last, 0)
  return total + tables + programOverhead
}

/** RE2 expands a repetition: `x{2,4}` becomes `xx(x(x)?)?`. */
function repeated(size: number, least: string | undefined, most: string | undefined): number {
  if (least === undefined) return size + 2
  const copies = Math.max(Number(least), Number(most?.slice(1) ?? 0), 1)
  return (size + (most === undefined ? 0 : 2)) * copies
}

/** The cost of a class, which occurs once however often the class is repeated. */
function tablesOf(list: string, folds: boolean): number {
  const named = [...list.matchAll(new RegExp(table, 'gu'))].length * tableSize
  if (!folds) return named
  const ranges = list.matchAll(new RegExp(`(${character})-(${character})`, 'gu'))
  return [...ranges].reduce((sum, [, from = '', to = '']) => {
    const folded = Math.min(codePoint(to), lastFolded) - codePoint(from)
    return sum + Math.max(0, Math.ceil(folded / foldedPerStep))
  }, named)
}

const codePoint = (text: string): number => {
  const [, hex] = /^\\x\{?([0-9a-fA-F]{1,8})/.exec(text) ?? []
  return hex === undefined
    ? (text.replace(/^\\/, '').codePointAt(0) ?? 0)
    : Number.parseInt(hex, 16)
}
