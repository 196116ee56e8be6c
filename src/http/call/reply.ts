/** The response of an operation: its answer, result code, relay and explanation. */
import type { NotedField, Preferences } from '../../context.ts'
import type { explain, Result } from '../../refusal.ts'
import type { Explanation as Explained } from '../explain/explanation.ts'
import { explanationText } from '../explain/explanation-text.ts'
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
  const own = textOf(answer, 'resultCode')
  const result = own === undefined ? results?.[answer.action ?? 'OK'] : undefined
  const coded = refused ? JSON.stringify(refused) : result && codedText(result)
  const relay = preferences.relay && relayOf(table, answer)
  const body = relay ? { ...answer, relay } : answer
  const usual = responseHeaders(preferences, Boolean(relay), explanation !== undefined)
  const headers = fields ? { ...usual, ...fields } : usual
  return {
    answer: new HttpResponse(200, headers, textWith(coded, body, explanation)),
    action: textOf(answer, 'action'),
    resultCode: refused?.resultCode ?? result?.code ?? own,
    explanation,
  }
}

/** JSON with the result code first, and the explanation last. */
function textWith(
  coded: string | undefined,
  answer: object,
  explanation: Explained | undefined,
): string {
  const text = textOfAnswer(answer)
  const body = explanation ? joined(text, `{"explanation":${explanationText(explanation)}}`) : text
  return coded ? joined(coded, body) : body
}

/** The JSON of answers that are given again as they are. */
const texts = new WeakMap<object, string | undefined>()

/** An answer that several calls get: it is turned into text once. */
export function givenAgain<A extends object>(answer: A): A {
  texts.set(answer, undefined)
  return answer
}

function textOfAnswer(answer: object): string {
  const known = texts.get(answer)
  if (known !== undefined) return known
  const text = JSON.stringify(answer)
  if (texts.has(answer)) texts.set(answer, text)
  return text
}

const codes = new WeakMap<Result, string>()

function codedText(result: Result): string {
  const known = codes.get(result)
  if (known !== undefined) return known
  const text = JSON.stringify(explainResult(result))
  codes.set(result, text)
  return text
}

/** The members of both objects: joins texts, because copying dozens of members is slow. */
const joined = (first: string, second: string): string => {
  if (first === '{}') return second
  return second === '{}' ? first : `${first.slice(0, -1)},${second.slice(1)}`
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
