/**
 * The JSON text of an explanation. What is the same in all refusals by a rule is serialised once,
 * and the steps are put together by hand: JSON.stringify would take three times as long.
 */
import { HttpResponse } from '../response.ts'
import type { Explanation } from './explanation.ts'

type RefusedBy = NonNullable<Explanation['refusedBy']>

interface RuleText {
  /** The message that is in the text. */
  says: string
  /** The members from the code to the page, and the settings, without the closing brace. */
  head: string
  settings: string
  fix: string
}

/** By code: no more than the catalogue has. */
const ruleTexts = new Map<string, RuleText>()

export function explanationText({ refusedBy, trace, notReached }: Explanation): string {
  const by = refusedBy ? `"refusedBy":${refusedByText(refusedBy)},` : ''
  const rest = notReached ? `,"notReached":${JSON.stringify(notReached)}` : ''
  return `{${by}"trace":[${trace.map(stepText).join(',')}]${rest}}`
}

function refusedByText(by: RefusedBy): string {
  const { head, settings, fix } = ruleTextOf(by)
  const evidence = by.evidence ? `,"evidence":${JSON.stringify(by.evidence)}` : ''
  const change = by.change ? `,"change":${JSON.stringify(by.change)}` : ''
  // Callers that may not see settings are told neither those nor the fix.
  return by.fix === undefined ? `${head}}` : `${head}${settings}${evidence}${fix}${change}}`
}

function ruleTextOf(by: RefusedBy): RuleText {
  const known = ruleTexts.get(by.code)
  if (known && known.says === by.says && (known.fix || by.fix === undefined)) return known
  const { settings: names, evidence: _, fix, change: _change, ...constant } = by
  const text = {
    says: by.says,
    head: JSON.stringify(constant).slice(0, -1),
    settings: names ? `,"settings":${JSON.stringify(names)}` : '',
    fix: fix === undefined ? '' : `,"fix":${JSON.stringify(fix)}`,
  }
  // A message in the words of one caller is not kept in place of ours.
  if (!known || known.says === by.says) ruleTexts.set(by.code, text)
  return text
}

/** Names of steps, and codes, are our own words: they need no escape. */
function stepText({ step, passed, facts, refused }: Explanation['trace'][number]): string {
  let text = `{"step":"${step}"`
  if (passed) text += `,"passed":["${passed.join('","')}"]`
  if (facts) text += `,"facts":${JSON.stringify(facts)}`
  if (refused) text += `,"refused":"${refused}"`
  return `${text}}`
}

/** The response to a refused call of this API, with its explanation. */
export const withExplanation = (
  { status, headers, body }: HttpResponse,
  explanation: Explanation,
): HttpResponse =>
  new HttpResponse(
    status,
    { ...headers, 'Preference-Applied': 'explain' },
    `${String(body).slice(0, -1)},"explanation":${explanationText(explanation)}}`,
  )
