/** The payload of a credential, as the caller gives it: JSON text of an object. */
import { ExactNumber, parseExact } from '../../../model/exact-json.ts'
import { isWithin } from '../../../model/json.ts'
import { defineRules, type Rule, refuse } from '../../../refusal.ts'

export type Members = Record<string, unknown>

const longest = 256 * 1024
const deepest = 16
/** Each member and element may cost a hash in each credential. */
const mostMembers = 2_000

const rules = defineRules('Credential payload', {
  missing: {
    code: 'P129001',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The order requires a credentialPayload.',
    fix: 'Pass a `credentialPayload` in the order.',
  },
  tooLong: {
    code: 'P129002',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The credentialPayload must have at most 262144 characters.',
    fix: 'Shorten the `credentialPayload` to 262144 characters.',
  },
  malformed: {
    code: 'P129003',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The credentialPayload must be JSON text of an object, with at most 16 levels.',
    fix: 'Pass the `credentialPayload` as JSON text of an object with at most 16 levels.',
  },
  reserved: {
    code: 'P129004',
    error: 'invalid_request',
    spec: 'RFC 9901 §4.1',
    message: 'The credentialPayload has a name that is reserved.',
    fix: 'Rename the member that the evidence names.',
  },
  tooMany: {
    code: 'P129005',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The credentialPayload must have at most 2000 members and elements.',
    fix: 'Pass at most 2000 members and elements in the `credentialPayload`.',
  },
})

/** Refuses with the place in the payload, which is of the caller only. */
export function refuseAt(rule: Rule, path: string): never {
  refuse({ ...rule, message: `${rule.message} At: ${path}` }, path)
}

/** Names of members that readers of SD-JWT use, or that a plain object of JavaScript has. */
const reserved: ReadonlySet<string> = new Set([
  '_sd',
  '_sd_alg',
  '...',
  '__proto__',
  ...Object.getOwnPropertyNames(Object.prototype),
])

export function readPayload(text: string | undefined): Members {
  if (text === undefined || text === '') refuse(rules.missing)
  if (text.length > longest) refuse(rules.tooLong)
  const payload = readObject(text)
  if (!payload || !isWithin(payload, deepest)) refuse(rules.malformed)
  const left = countMembers(payload, mostMembers, '')
  if (left < 0) refuse(rules.tooMany)
  return payload
}

export function readObject(text: string): Members | undefined {
  try {
    const value = parseExact(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** What is left of a number after the members of the value; refuses reserved names. */
function countMembers(value: unknown, count: number, path: string): number {
  if (count < 0 || typeof value !== 'object' || value === null) return count
  if (Array.isArray(value)) {
    const of = (left: number, each: unknown, at: number) =>
      countMembers(each, left - 1, `${path}/${at}`)
    return value.reduce<number>(of, count)
  }
  if (!isObject(value)) return count
  let left = count
  for (const [name, member] of Object.entries(value)) {
    if (reserved.has(name)) refuseAt(rules.reserved, `${path}/${name}`)
    left = countMembers(member, left - 1, `${path}/${name}`)
  }
  return left
}

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof ExactNumber)
