/** The condition of a change: the document must still be the one that the caller read. */
import type { Context } from '../context.ts'
import { CallerError, defineCallerRules } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

const rules = defineCallerRules('Precondition', {
  failed: {
    code: 'P141001',
    status: 412,
    message:
      'The document was changed since it was read: read it again, and make the change from its ' +
      'present ETag (RFC 9110 §13.1.1).',
  },
})

/** Refuses unless the version is one that the call expects, if it expects any. */
export function requireVersion({ call }: Context, version: number): void {
  const expected = call.expectedVersions()
  if (expected && !expected.includes(version)) throw new CallerError(rules.failed)
}

/** The write that goes before others of a commit if the call expects a version. */
export function expectedVersion(
  { call }: Context,
  touch: (versions: readonly number[]) => Write,
): Write[] {
  const expected = call.expectedVersions()
  return expected ? [orRefuse(touch(expected), new CallerError(rules.failed))] : []
}
