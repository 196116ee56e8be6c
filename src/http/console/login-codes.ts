/** Codes of links that log in to the console once: kept in this process, for ten minutes. */
import { apiTokenHash } from '../../caller.ts'
import type { System } from '../../system/system.ts'

export interface LoginCodes {
  /** A code for a session with this API token. */
  issue(token: string): string
  /** The hash of the API token; undefined if the code is unknown, too old, or was taken before. */
  take(code: string): string | undefined
}

const lifetimeMilliseconds = 600_000
const mostCodes = 100

export function createLoginCodes({ clock, random }: Pick<System, 'clock' | 'random'>): LoginCodes {
  const codes = new Map<string, { tokenHash: string; until: number }>()
  return {
    issue(token) {
      const [oldest] = codes.keys()
      if (codes.size >= mostCodes && oldest !== undefined) codes.delete(oldest)
      const code = random.token(256)
      codes.set(apiTokenHash(code), {
        tokenHash: apiTokenHash(token),
        until: clock() + lifetimeMilliseconds,
      })
      return code
    },
    take(code) {
      const key = apiTokenHash(code)
      const found = codes.get(key)
      codes.delete(key)
      return found && found.until > clock() ? found.tokenHash : undefined
    },
  }
}

/** The code is in the fragment, which browsers do not send and no log has. */
export const loginLink = (url: string, code: string) => `${url}/console/#login=${code}`
