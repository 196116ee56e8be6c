/** What the page of a lint says. */
import { clientLints } from '../../oauth/lint/client-lints.ts'
import type { Lint } from '../../oauth/lint/lint.ts'
import { serviceLints } from '../../oauth/lint/service-lints.ts'
import { citation, definitions, marked, settingsOf } from './page-text.ts'

interface Called extends Pick<Lint<never>, 'code' | 'profiles' | 'level' | 'spec' | 'says'> {
  /** The property, with its owner. */
  setting: string
  hasFix: boolean
}

const calledOf =
  (owner: string) =>
  ({ path, fix, ...lint }: Lint<never>): Called => ({
    ...lint,
    setting: `${owner}.${path}`,
    hasFix: fix !== undefined,
  })

const lints: readonly Called[] = [
  ...serviceLints.map(calledOf('service')),
  ...clientLints.map(calledOf('client')),
]

export const lintCalled = (code: string): Called | undefined =>
  lints.find((lint) => lint.code === code)

const levels = {
  error: 'Error: the settings do not comply with the profile.',
  warning: 'Warning: the profile allows it, and it is rarely wanted.',
  hint: 'Hint: what one could do next.',
}

export function lintContent({ profiles, level, spec, setting, hasFix }: Called): string {
  const fix = hasFix
    ? 'The finding has a merge patch as `fix`: send it by PATCH, or apply it in the console.'
    : 'Set the property as the finding says. It has no `fix`, as the value is yours to choose.'
  return definitions([
    ['Level', levels[level]],
    ['Profiles', profiles.map((name) => `<code>${name}</code>`).join(', ')],
    ...(spec ? [['Source', citation(spec)] as [string, string]] : []),
    ['Setting', settingsOf([setting])],
    ['How to fix it', marked(fix)],
  ])
}
