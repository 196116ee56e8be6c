/** The response of an operation: its answer, result code, relay and explanation. */
import type { NotedField, Preferences } from '../../context.ts'
import type { explain, Result } from '../../refusal.ts'
import type { Explanation as Explained } from '../explain/explanation.ts'
import { responseHeaders } from '../preferences.ts'
import { type RelayTable, relayOf } from '../relay.ts'
import { HttpResponse } from '../response.ts'

interface Declared {
  relay?: RelayTable
  results?: Record<string, Result>
}

/** What is known beside the answer of the script. */
interface Additions {
  refused: Explanation | undefined
  preferences: Preferences
  explanation: Explained | undefined
  fields: Partial<Record<NotedField, string>> | undefined
}

export interface Replied {
  answer: HttpResponse
  action: string | undefined
  resultCode: string | undefined
  explanation: Explained | undefined
}

/** The response with what every operation adds to it. */
export function reply(
  { results, relay: table = {} }: Declared,
  answer: Members,
  { refused, preferences, explanation, fields }: Additions,
): Replied {
  const result = results?.[answer.action ?? 'OK']
  const coded = refused ?? (result && explainResult(result))
  const relay = preferences.relay && relayOf(table, answer)
  const relayed = relay ? { ...answer, relay } : answer
  const body = explanation ? { ...relayed, explanation } : relayed
  const usual = responseHeaders(preferences, Boolean(relay), explanation !== undefined)
  const headers = fields ? { ...usual, ...fields } : usual
  return {
    answer: new HttpResponse(200, headers, textWith(coded, body)),
    action: textOf(answer, 'action'),
    resultCode: coded?.resultCode ?? textOf(answer, 'resultCode'),
    explanation,
  }
}

/** JSON with the result code first. Joins texts, because copying dozens of members is slow. */
function textWith(explained: Explanation | undefined, answer: object): string {
  const text = JSON.stringify(answer)
  if (!explained) return text
  const begun = JSON.stringify(explained).slice(0, -1)
  return text === '{}' ? `${begun}}` : `${begun},${text.slice(1)}`
}

export type Explanation = ReturnType<typeof explain>
interface Members {
  action?: string
  responseContent?: string
}

function textOf(body: object, name: string): string | undefined {
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}

export const explainResult = ({ code, message }: Result) => ({
  resultCode: code,
  resultMessage: `[${code}] ${message}`,
})
