/** What a result code means, from the rules in the code. */
// Loads all modules that declare rules.
import '../process/app.ts'
import { catalogue } from '../refusal.ts'

/** Lines for people; undefined if there is no such code. */
export function resultCodeLines(code: string): string[] | undefined {
  const entry = catalogue.get(code)
  if (!entry) return undefined
  const { area, name, message } = entry
  const rule = 'error' in entry ? entry : undefined
  const settings = rule?.settings ?? []
  return [
    `${code}  ${area}.${name}`,
    message,
    ...(rule ? [`${rule.error}, ${rule.spec}`] : []),
    ...(rule?.fix ? ['', `Fix: ${rule.fix}`] : []),
    ...(settings.length > 0 ? [`Settings: ${settings.join(', ')}`] : []),
  ]
}
