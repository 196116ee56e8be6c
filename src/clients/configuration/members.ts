/** Unknown members of a configuration are errors: a typo would have no effect otherwise. */
import type { z } from 'zod'
import { printable } from '../../caller.ts'
import { likeliest, namesAt } from '../../model/configuration/names.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'

const rules = defineCallerRules('Configuration', {
  unknownMember: {
    code: 'P145005',
    status: 400,
    message: 'The configuration has a property that is unknown: check its spelling.',
  },
})

export function requireKnownMembers(schema: z.ZodType, unknown: readonly string[]): void {
  const [first] = unknown
  if (first === undefined) return
  const steps = first.split('.')
  const meant = likeliest(steps.at(-1) ?? '', namesAt(schema, steps.slice(0, -1)))
  const hint = meant ? ` Is ${meant} meant?` : ''
  refuseCaller(rules.unknownMember, `${printable(first)}.${hint}`)
}
