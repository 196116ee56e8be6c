/**
 * JSON that preserves how numbers are written, such as 1.10 or integers beyond 2^53 (RFC 8259 §6).
 * Values that the server passes on (claims, authorization details, metadata) are read with
 * `parseExact` and written with `writeExact`. Values that are only read need neither.
 */

import { parseJson } from './json.ts'

/**
 * A number that JavaScript would write differently. A plain `JSON.stringify` writes it as the
 * JavaScript number.
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

/** Finds texts that may contain such a number. Most texts contain none and are not rewritten. */
const suspicious = /\d[.eE]|\d{16}|-0/
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

const isExact = (token: string): boolean => String(Number(token)) === token

/** The first character of a string that replaces a number in the rewritten text. */
const mark = '\\u0000'

/**
 * Like `JSON.parse`, with the depth limit of `parseJson`. If `depth` is 1, numbers of the outermost
 * object stay JavaScript numbers: the times in a JWT are compared and not passed on.
 */
export function parseExact(text: string, depth = -1): unknown {
  const value = parseJson(text)
  if (!suspicious.test(text)) return value
  const marked = markInexact(text, depth)
  // A NUL in the text could be mistaken for a mark. Stored texts with a NUL are refused elsewhere.
  if (marked === text || JSON.stringify(value).includes(mark)) return value
  return JSON.parse(marked, (_name, member: unknown) =>
    typeof member === 'string' && member.startsWith('\0')
      ? new ExactNumber(member.slice(1))
      : member,
  )
}

/** The first number of a JSON text that JavaScript would write differently. */
export function inexactNumber(text: string): string | undefined {
  let found: string | undefined
  if (suspicious.test(text)) {
    eachNumber(text, (token) => {
      found ??= isExact(token) ? undefined : token
    })
  }
  return found
}

/** The text with a marked string in place of each number that JavaScript would change. */
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

/** Visits the numbers of a JSON text, each with its depth. */
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

/** The index of the quotation mark that ends the string. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** The value with JavaScript numbers, for reading and comparing. */
export function plainNumbers(value: unknown): unknown {
  if (value === undefined) return undefined
  met = false
  const text = JSON.stringify(value)
  return met ? JSON.parse(text) : value
}

const written = /"\\u0000(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"/g

/** Like `JSON.stringify`, with the numbers of `parseExact` as they were written. */
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
