/** The header field `Prefer`, RFC 7240. */
import type { Preferences } from '../context.ts'
import { jsonType } from './response.ts'

const none: Preferences = { relay: false, strict: false, changes: false }

/** The fields that callers send, which are few. */
const parsed = new Map<string, Preferences>()
const mostParsed = 100

export function preferencesOf(field: string | undefined): Preferences {
  if (!field) return none
  const known = parsed.get(field)
  if (known) return known
  const preferences = parse(field)
  if (parsed.size < mostParsed && field.length <= mostParsed) parsed.set(field, preferences)
  return preferences
}

/** RFC 7240 §2: a list of preferences; the first one of each name applies. */
function parse(field: string): Preferences {
  const values = new Map<string, string>()
  let explain: Preferences['explain']
  for (const preference of field.slice(0, 1_000).split(',')) {
    const [token = '', ...parameters] = preference.split(';')
    const [name = '', value = ''] = token.split('=')
    const known = name.trim().toLowerCase()
    const isFirst = !values.has(known)
    if (isFirst && known === 'explain') explain = explains(parameters)
    if (isFirst)
      values.set(
        known,
        value
          .trim()
          .replace(/^"(.*)"$/, '$1')
          .toLowerCase(),
      )
  }
  return {
    relay: values.has('relay'),
    strict: values.get('handling') === 'strict',
    changes: values.get('return') === 'changes',
    staleSeconds: secondsOf(values.get('stale')),
    explain,
  }
}

/** Whole seconds up to five minutes. */
function secondsOf(value = ''): number | undefined {
  const seconds = /^[1-9]\d{0,2}$/.test(value) ? Number(value) : 0
  return seconds >= 1 && seconds <= 300 ? seconds : undefined
}

const explains = (parameters: readonly string[]) =>
  parameters.some((parameter) => /^\s*subject\s*(?:=|$)/i.test(parameter)) ? 'subject' : 'plain'

/** The fields of each combination, which are made once. */
const combinations = new Map<number, Readonly<Record<string, string>>>()

/** The header fields of a JSON response, with Preference-Applied: RFC 7240 §3. */
export function responseHeaders(
  { strict, changes, staleSeconds = 0 }: Preferences,
  isRelayed: boolean,
  isExplained = false,
): Readonly<Record<string, string>> {
  if (!isRelayed && !strict && !changes && !isExplained && !staleSeconds) return jsonType
  const which = Number(isRelayed) + 2 * Number(strict) + 4 * Number(changes)
  const combination = which + 8 * Number(isExplained) + 16 * staleSeconds
  const known = combinations.get(combination)
  if (known) return known
  const applied = [
    isRelayed && 'relay',
    strict && 'handling=strict',
    changes && 'return=changes',
    isExplained && 'explain',
    staleSeconds > 0 && `stale=${staleSeconds}`,
  ]
  const fields = { ...jsonType, 'Preference-Applied': applied.filter(Boolean).join(', ') }
  combinations.set(combination, fields)
  return fields
}
