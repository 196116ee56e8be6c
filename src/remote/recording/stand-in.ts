/** Values in place of credentials: they look the same, and open nothing. */
import { randomInt } from 'node:crypto'
import { issuedIn } from '../shadow/issued.ts'
import { isCredential } from '../shadow/names.ts'
import type { Answer } from '../shadow/replies.ts'
import { claimsOf } from '../shadow/tree.ts'

const alphabets = [
  'abcdefghijklmnopqrstuvwxyz',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  '0123456789',
] as const

const scrambled = (text: string): string =>
  text.replace(/[a-zA-Z0-9]/g, (character) => {
    const alphabet = alphabets.find((each) => each.includes(character)) ?? character
    return alphabet[randomInt(alphabet.length)] ?? character
  })

/** A JWT keeps its header and its claims, and a URN its namespace (RFC 9126 §2.2). */
export function standInFor(value: string): string {
  const kept = claimsOf(value)
    ? value.slice(0, value.lastIndexOf('.') + 1)
    : (/^urn:(?:[\w-]+:)+/i.exec(value)?.[0] ?? '')
  return kept + scrambled(value.slice(kept.length))
}

/** Shorter ones are in other texts by chance. */
const shortest = 6
const isShortNumber = (value: string) => /^\d{1,11}$/.test(value)

/** The credentials of an answer. */
export function credentialsOf({ tree, fields }: Answer): string[] {
  const found = [...issuedIn(tree), ...issuedIn({ fields })].flatMap(([path, value]) => {
    const name = path.slice(path.lastIndexOf('.') + 1)
    return isCredential(name) || claimsOf(value) ? [value] : []
  })
  return found.filter((value) => value.length >= shortest && !isShortNumber(value))
}

/** The text with stand-ins, also where a value is a part of a URL. */
export function replaced(text: string, standIns: ReadonlyMap<string, string>): string {
  let result = text
  // A longer value may contain a shorter one.
  const longestFirst = [...standIns].sort(([a], [b]) => b.length - a.length)
  for (const [value, standIn] of longestFirst) {
    result = result
      .replaceAll(value, () => standIn)
      .replaceAll(encodeURIComponent(value), () => encodeURIComponent(standIn))
  }
  return result
}
