/** How commands report: lines on standard output, failures on standard error. */

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Reports a failure, and lets the process end with its exit code, which is 1 by default. */
export const failed = (summary: string) => (error: unknown) => {
  process.stderr.write(`${summary}: ${explainFailure(error)}\n`)
  process.exitCode = exitCodeOf(error)
}

/** Calls of a running Postern tell scripts what went wrong. */
const exitCodeOf = (error: unknown): number =>
  typeof error === 'object' && error !== null && 'exitCode' in error ? Number(error.exitCode) : 1

/** Errors that the operator can correct, by name: their classes would load the whole engine. */
const correctable = new Set([
  ...[
    'ConfigError',
    'MasterKeyError',
    'BackupError',
    'SealError',
    'KeyCommandError',
    'RemoteError',
  ],
])

/** The message of an error that the operator can correct; the stack of an unexpected error. */
function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (correctable.has(error.name) || 'code' in error) return error.message
  return error.stack ?? error.message
}
