/** The content of requests for credentials: one JSON object within limits, OpenID4VCI §8.2. */
import { defineRules, refuse } from '../../../refusal.ts'
import { isShallow, repeatedMember } from './raw-json.ts'

const error = 'invalid_credential_request'
const rules = defineRules('Credential request', {
  tooLong: {
    code: 'P125004',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'The credential request is longer than 128 KB.',
    fix: 'Send a credential request of at most 128 KB.',
  },
  notAnObject: {
    code: 'P125005',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'The credential request is not a JSON object.',
    fix: 'Send the credential request as a JSON object.',
  },
  tooDeep: {
    code: 'P125006',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'The credential request is nested deeper than 16 levels.',
    fix: 'Send a credential request with at most 16 levels.',
  },
  repeated: {
    code: 'P125007',
    error,
    spec: 'OpenID4VCI §8.3.1.2',
    message: 'The credential request repeats a parameter.',
    fix: 'Send each member of the credential request once.',
  },
  notAText: {
    code: 'P125008',
    error,
    spec: 'OpenID4VCI §8.2',
    message: 'A parameter of the credential request that must be a string is not one, or is empty.',
    fix: 'Send the parameter that the evidence names as a non-empty string, or omit it.',
  },
})

const longest = 128 * 1024
const deepest = 16

export type Members = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The request as the wallet sent it, encrypted or not. */
export function requireShort(content: string): string {
  if (Buffer.byteLength(content) > longest) refuse(rules.tooLong)
  return content
}

/** The parameters of a request; those that are unknown have no effect. */
export function readMembers(text: string): Members {
  if (!isShallow(text, deepest)) refuse(rules.tooDeep)
  const value = parse(text)
  if (!isObject(value)) refuse(rules.notAnObject)
  const repeated = repeatedMember(text)
  if (repeated !== undefined) refuse(rules.repeated, repeated.slice(0, 100))
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A parameter that is a string; undefined if it is absent. */
export function textMember(members: Members, name: string): string | undefined {
  const value = members[name]
  if (value === undefined) return undefined
  return typeof value === 'string' && value !== '' ? value : refuse(rules.notAText, name)
}
