/** Failures of commands that call a running Postern, with the exit codes that scripts test. */

export const exitCodes = {
  failed: 1,
  usage: 2,
  notFound: 3,
  notPermitted: 4,
  conflict: 5,
  unavailable: 6,
} as const
type Kind = keyof typeof exitCodes

export class RemoteError extends Error {
  readonly exitCode: number

  constructor(kind: Kind, message: string) {
    super(message)
    this.name = 'RemoteError'
    this.exitCode = exitCodes[kind]
  }
}

/** The kind of failure that an HTTP status tells, RFC 9110 §15. */
export function kindOf(status: number): Kind {
  if (status === 404) return 'notFound'
  if (status === 401 || status === 403) return 'notPermitted'
  if (status === 409 || status === 412 || status === 428) return 'conflict'
  return status === 429 || status >= 500 ? 'unavailable' : 'failed'
}
