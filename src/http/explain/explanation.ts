/** The explanation of a call, for callers that prefer it: `Prefer: explain`. */
import { z } from 'zod'
import type { Caller } from '../../caller.ts'
import type { Call, Preferences } from '../../context.ts'
import { type Evidence, shownEvidence } from '../../explain/evidence.ts'
import { mayListen, newTrace, type Step, type Trace } from '../../explain/trace.ts'
import type { Service } from '../../model/service/service.ts'
import { changeFor } from '../../oauth/explain/changes.ts'
import { CallerError, catalogue, Refusal } from '../../refusal.ts'
import { HttpResponse } from '../response.ts'

export const Evidences = z
  .object({
    parameter: z.string().optional().describe('The parameter, or a member of it.'),
    setting: z.string().optional().describe('The property of service, client or scope.'),
    given: z.unknown().optional().describe('The value, or its length if it is not shown.'),
    expected: z.unknown().optional().describe('The values that are accepted.'),
    note: z.string().optional(),
  })
  .meta({ id: 'evidence', description: 'What was given, what was expected, and why.' })

const Change = z
  .object({
    of: z.enum(['service', 'client']).describe('Whose settings.'),
    clientId: z.int().optional().describe('Number of the client.'),
    patch: z
      .record(z.string(), z.unknown())
      .describe('A JSON Merge Patch (RFC 7396) of the settings, for `PATCH`.'),
    weakens: z
      .boolean()
      .optional()
      .describe('The change lifts a protection: a change of the request is better.'),
  })
  .meta({ id: 'offered_change', description: 'A change of settings that lets the request go on.' })

const RefusedBy = z.object({
  code: z.string(),
  rule: z.string().describe('The area and the name of the rule.'),
  error: z.string().optional().describe('The OAuth error.'),
  spec: z.string().optional().describe('The section of the specification.'),
  says: z.string().describe('The message of the rule.'),
  page: z.string().describe('The path of the page about the result code.'),
  settings: z.array(z.string()).optional().describe('The properties that decide.'),
  evidence: Evidences.optional(),
  fix: z.string().optional().describe('What to change.'),
  change: Change.optional(),
})

const Steps = z.object({
  step: z.string(),
  passed: z.array(z.string()).optional().describe('Codes of rules that were passed.'),
  facts: z.record(z.string(), z.unknown()).optional().describe('Values, with their origin.'),
  refused: z.string().optional().describe('The code of the rule that was not passed.'),
})

export const Explanation = z
  .object({
    refusedBy: RefusedBy.optional(),
    trace: z.array(Steps).describe('The steps of the operation.'),
    notReached: z.array(z.string()).optional().describe('Steps after the refusal.'),
  })
  .meta({ id: 'explanation', description: 'Why the response is as it is: `Prefer: explain`.' })
export type Explanation = z.input<typeof Explanation>

export const codePage = (code: string): string => `/docs/codes/${code}`

/** The trace of a call that is to be explained; undefined for others, and beyond the limit. */
export const traceFor = ({ explain: preferred }: Preferences): Trace | undefined =>
  preferred && mayListen() ? newTrace(preferred === 'subject') : undefined

/**
 * Callers that may not see services and clients get the rule and its citation only: evidence and
 * facts have values of settings.
 */
export function explanationOf(trace: Trace, caller: Caller, about?: About): Explanation {
  const maySee = caller.may('view_service') || caller.may('use_service')
  const { steps, planned, refused } = trace
  const rule = refused instanceof Refusal || refused instanceof CallerError ? refused : undefined
  const reached = new Set(steps.map(({ step }) => step))
  const notReached = [...planned].filter((step) => !reached.has(step))
  return {
    ...(rule ? { refusedBy: refusedBy(rule, maySee, steps, about) } : {}),
    trace: maySee ? steps : steps.map(withoutFacts),
    ...(rule && notReached.length > 0 ? { notReached } : {}),
  }
}

const withoutFacts = ({ facts: _, ...rest }: Step): Step => rest

/** The service and the call, for changes that can be offered. */
interface About {
  service?: Service
  call: Call
}

function refusedBy(
  refused: Refusal | CallerError,
  maySee: boolean,
  steps: readonly Step[],
  about: About | undefined,
) {
  const { rule } = refused
  const { area = '', name = '' } = catalogue.get(rule.code) ?? {}
  const told = {
    code: rule.code,
    rule: `${area}.${name}`,
    ...('error' in rule ? { error: rule.error, spec: rule.spec } : {}),
    says: rule.message,
    page: codePage(rule.code),
  }
  if (!maySee || !('error' in rule)) return told
  const raw = refused instanceof Refusal ? evidenceOf(refused, steps) : undefined
  const evidence = raw && shownEvidence(raw)
  const change = about && typeof raw === 'object' ? offeredChange(raw, about) : undefined
  return {
    ...told,
    ...(rule.settings ? { settings: [...rule.settings] } : {}),
    ...(evidence ? { evidence } : {}),
    fix: rule.fix,
    ...(change ? { change } : {}),
  }
}

/** The evidence, with the setting that makes the demand of the policy. */
function evidenceOf({ evidence }: Refusal, steps: readonly Step[]) {
  if (evidence === undefined || typeof evidence === 'string') return evidence
  const { demand, setting } = evidence
  const policies = steps.map(({ facts }) => facts?.['policy'] as Demands | undefined)
  const because = demand && policies.findLast((policy) => policy?.[demand])?.[demand]?.because
  return { ...evidence, setting: because || setting }
}

const offeredChange = (evidence: Evidence, { service, call }: About) =>
  service && changeFor(evidence, { service, client: call.client })

type Demands = Record<string, { because: string } | undefined>

/** The response to a refused call of this API, with its explanation. */
export const withExplanation = (
  { status, headers, body }: HttpResponse,
  explanation: Explanation,
): HttpResponse =>
  new HttpResponse(
    status,
    { ...headers, 'Preference-Applied': 'explain' },
    `${String(body).slice(0, -1)},"explanation":${JSON.stringify(explanation)}}`,
  )
