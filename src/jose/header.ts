/** Protected headers of compact JWS and JWE, RFC 7515 §3.1 and RFC 7516 §3.1. */
import { parseJson } from '../model/json.ts'

/** Throws if the first part is not the text of a JSON object, or is nested too deeply. */
export function parseHeader(compact: string): Record<string, unknown> {
  const bytes = Buffer.from(compact.split('.', 1)[0] ?? '', 'base64url')
  return parseMembers(bytes) ?? fail()
}

const fail = (): never => {
  throw new SyntaxError('The protected header is not a JSON object.')
}

/** The members of a JSON object in UTF-8; undefined for anything else. */
export function parseMembers(bytes: Uint8Array): Record<string, unknown> | undefined {
  const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : undefined
}
