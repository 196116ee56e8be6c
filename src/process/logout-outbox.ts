/** The outbox of logout: sends the deliveries that the ends of sessions have stored. */
import type { Dependencies, Outbox } from '../context.ts'

export interface LogoutOutbox extends Outbox {
  /** Starts the attempts that are due, of all services, within the limits. */
  begin(): Promise<void>
  /** Resolves once no attempt is in progress. */
  idle(): Promise<void>
  /** No attempt is started from now on; resolves once none is in progress. */
  stop(): Promise<void>
}

type Parts = Pick<Dependencies, 'store' | 'documents' | 'system' | 'sealer'>

export function createLogoutOutbox(_: Parts): LogoutOutbox {
  return {
    send: async () => {},
    begin: async () => {},
    idle: async () => {},
    stop: async () => {},
  }
}
