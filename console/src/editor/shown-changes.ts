import type { Change } from '../parts/Diff.tsx'
import type { Difference } from './document.ts'
import type { Forms, Kind } from './forms.ts'

/** Settings whose values are never shown. */
export const hiddenNames = (forms: Forms, kind: Kind): ReadonlySet<string> =>
  new Set(
    forms[kind]
      .filter(({ isSecret, control }) => isSecret || control.type === 'keys')
      .map(({ name }) => name),
  )

/** Changes as they may be shown: of secrets and key sets, only that they changed. */
export function shownChanges(forms: Forms, kind: Kind, changes: readonly Difference[]): Change[] {
  const hidden = hiddenNames(forms, kind)
  return changes.map(({ name, before, after }) =>
    hidden.has(name)
      ? { property: name, changed: true }
      : { property: name.replace(/^attributes\./, ''), before, after },
  )
}
