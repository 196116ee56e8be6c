/** The explanation of a call, for callers that prefer it: `Prefer: explain`. */
import { z } from 'zod'
import type { Caller } from '../../caller.ts'
import type { Call, Preferences } from '../../context.ts'
import { type Evidence, shownEvidence } from '../../explain/evidence.ts'
import { mayListen, newTrace, type Step, type Trace } from '../../explain/trace.ts'
import type { Service } from '../../model/service/service.ts'
import { changeFor } from '../../oauth/explain/changes.ts'
import { CallerError, catalogue, Refusal } from '../../refusal.ts'

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
  const { steps, refused } = trace
  const told = maySee ? steps : steps.map(withoutFacts)
  const isOurs = refused instanceof Refusal || refused instanceof CallerError
  if (!isOurs) return { trace: told }
  const by = refusedBy(refused, maySee, steps, about)
  const notReached = notReachedOf(trace)
  return notReached.length > 0
    ? { refusedBy: by, trace: told, notReached }
    : { refusedBy: by, trace: told }
}

/** The planned steps that did not begin, each once. */
const notReachedOf = ({ steps, planned }: Trace) =>
  planned.filter(
    (name, at) => planned.indexOf(name) === at && !steps.some(({ step }) => step === name),
  )

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
): NonNullable<Explanation['refusedBy']> {
  const { rule } = refused
  const { area = '', name = '' } = catalogue.get(rule.code) ?? {}
  const told: NonNullable<Explanation['refusedBy']> = {
    code: rule.code,
    rule: `${area}.${name}`,
    ...('error' in rule ? { error: rule.error, spec: rule.spec } : {}),
    says: rule.message,
    page: codePage(rule.code),
  }
  if (!maySee || !(refused instanceof Refusal)) return told
  const raw = evidenceOf(refused, steps)
  const evidence = raw && (raw === refused.evidence ? refused.shown : shownEvidence(raw))
  const change = about && typeof raw === 'object' ? offeredChange(raw, about) : undefined
  if (refused.rule.settings) told.settings = [...refused.rule.settings]
  if (evidence) told.evidence = evidence
  told.fix = refused.rule.fix
  if (change) told.change = change
  return told
}

/** The evidence, with the setting that makes the demand of the policy. */
function evidenceOf({ evidence }: Refusal, steps: readonly Step[]) {
  if (evidence === undefined || typeof evidence === 'string') return evidence
  const { demand, setting } = evidence
  if (!demand) return evidence
  const policies = steps.map(({ facts }) => facts?.['policy'] as Demands | undefined)
  const because = policies.findLast((policy) => policy?.[demand])?.[demand]?.because
  return { ...evidence, setting: because || setting }
}

const offeredChange = (evidence: Evidence, { service, call }: About) =>
  service && changeFor(evidence, { service, client: call.client })

type Demands = Record<string, { because: string } | undefined>
