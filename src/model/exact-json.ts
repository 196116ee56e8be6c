/**
 * JSON whose numbers stay as they are written: 1.10, or an integer beyond 2^53, RFC 8259 §6. What
 * passes through this server (claims, authorization details, metadata) is read by `parseExact` and
 * written by `writeExact`; what is only looked at needs neither.
 */

import { parseJson } from './json.ts'

/**
 * A number that JavaScript would write in another way. Where it meets `JSON.stringify` alone it is
 * the number that JavaScript makes of it.
 */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): number {
    met = true
    return Number(this.text)
  }
}

let met = false

/** Nothing else has to be looked at for a number that does not survive: most texts have none. */
const suspicious = /\d[.eE]|\d{16}|-0/
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

const isExact = (token: string): boolean => String(Number(token)) === token

/** What a string of the rewritten text begins with where a number was. */
const mark = '\\u0000'

/**
 * As `JSON.parse`, for texts as deep as `parseJson` takes. Numbers of the outermost object stay
 * numbers where `depth` is 1: the times in a JWT are compared, and not passed on.
 */
export function parseExact(text: string, depth = -1): unknown {
  const value = parseJson(text)
  if (!suspicious.test(text)) return value
  const marked = markInexact(text, depth)
  // A text with a NUL of its own is refused wherever it matters, and could pass for a mark.
  if (marked === text || JSON.stringify(value).includes(mark)) return value
  return JSON.parse(marked, (_name, member: unknown) =>
    typeof member === 'string' && member.startsWith('\0')
      ? new ExactNumber(member.slice(1))
      : member,
  )
}

/** The first number of a JSON text that JavaScript would write in another way. */
export function inexactNumber(text: string): string | undefined {
  let found: string | undefined
  if (suspicious.test(text)) {
    eachNumber(text, (token) => {
      found ??= isExact(token) ? undefined : token
    })
  }
  return found
}

/** The text with a marked string in place of each number that is to be kept as it is. */
function markInexact(text: string, depth: number): string {
  const parts: string[] = []
  let copied = 0
  eachNumber(text, (token, at, level) => {
    if (level <= depth || isExact(token)) return
    parts.push(text.slice(copied, at), `"${mark}${token}"`)
    copied = at + token.length
  })
  return parts.join('') + text.slice(copied)
}

/** Visits the numbers of a text that is JSON, with how deep each stands. */
function eachNumber(text: string, visit: (token: string, at: number, level: number) => void): void {
  let level = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') level += 1
    else if (character === '}' || character === ']') level -= 1
    else if (character === '-' || (character >= '0' && character <= '9')) {
      number.lastIndex = at
      const [token = character] = number.exec(text) ?? []
      visit(token, at, level)
      at += token.length - 1
    }
  }
}

/** The quotation mark that ends the string which begins at a place. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** The same with the numbers that JavaScript makes of them, to be looked at and compared. */
export function plainNumbers(value: unknown): unknown {
  if (value === undefined) return undefined
  met = false
  const text = JSON.stringify(value)
  return met ? JSON.parse(text) : value
}

const written = /"\\u0000(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"/g

/** As `JSON.stringify`, with the numbers of `parseExact` as they were written. */
export function writeExact(value: unknown): string {
  met = false
  const text = JSON.stringify(value)
  if (!met) return text
  const marked = JSON.stringify(value, function (this: Record<string, unknown>, name, member) {
    const original = this[name]
    return original instanceof ExactNumber ? `\0${original.text}` : member
  })
  return marked.replace(written, '$1')
}
