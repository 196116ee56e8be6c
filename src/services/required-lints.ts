/** Refuses settings that break the profiles which the service requires, `ext.lint.require`. */
import type { Finding } from '../oauth/lint/lint.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Lint', {
  required: {
    code: 'P151001',
    status: 409,
    message:
      'The settings would break a profile that the service requires (ext.lint.require): ' +
      '`/service/lint` and `/client/lint` tell how to mend each finding.',
  },
})

const most = 10

export function refuseBroken(findings: readonly Finding[]): void {
  if (findings.length === 0) return
  const named = findings.slice(0, most).map(({ code, path, says }) => `${code} ${path}: ${says}`)
  const more = findings.length > most ? [`and ${findings.length - most} more`] : []
  refuseCaller(rules.required, [...named, ...more].join(' '))
}
