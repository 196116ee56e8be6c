/**
 * The session of a person in the console: a sealed cookie with the hash of an API token and two
 * times. Nothing is stored. Each call looks the token up, so that revoking it ends its sessions.
 */
import { type Caller, callerByHash } from '../../caller.ts'
import type { Dependencies } from '../../context.ts'
import type { Arrived } from '../call/arrived.ts'

export interface Session {
  tokenHash: string
  /** When the person logged in. */
  startedAt: number
  /** When the person last did something. */
  usedAt: number
}

const longestMilliseconds = 8 * 3_600_000
const idleMilliseconds = 30 * 60_000
/** A cookie is made again only after this time. */
const renewalMilliseconds = 60_000

const place = { table: 'console_session', serviceId: 0, row: '', column: 'session' }

/** The session of a call, if it has not ended, and its caller. */
export async function sessionOf(
  arrived: Arrived,
  { store, sealer }: Pick<Dependencies, 'store' | 'sealer'>,
  now: number,
): Promise<{ session: Session; caller: Caller } | undefined> {
  const sealed = cookieOf(arrived)
  const session = sealed === undefined ? undefined : opened(sealed, sealer)
  if (!session || now - session.startedAt >= longestMilliseconds) return undefined
  if (now - session.usedAt >= idleMilliseconds) return undefined
  const caller = await callerByHash(session.tokenHash, store, now)
  return caller && { session, caller }
}

function opened(sealed: string, sealer: Dependencies['sealer']): Session | undefined {
  try {
    const [tokenHash, startedAt, usedAt] = JSON.parse(sealer.unseal(sealed, place))
    return { tokenHash, startedAt, usedAt }
  } catch {
    return undefined
  }
}

export const needsRenewal = ({ usedAt }: Session, now: number) =>
  now - usedAt >= renewalMilliseconds

/** The header field that keeps a session. */
export function setCookie(
  arrived: Arrived,
  { sealer }: Pick<Dependencies, 'sealer'>,
  { tokenHash, startedAt, usedAt }: Session,
): string {
  const sealed = sealer.seal(JSON.stringify([tokenHash, startedAt, usedAt]), place)
  return cookie(arrived, sealed, Math.ceil(longestMilliseconds / 1_000))
}

export const clearCookie = (arrived: Arrived): string => cookie(arrived, '', 0)

function cookie(arrived: Arrived, value: string, seconds: number): string {
  const { name, attributes } = kindOf(arrived)
  return `${name}=${value}; ${attributes}; HttpOnly; SameSite=Strict; Max-Age=${seconds}`
}

/**
 * Plain HTTP is for the loopback interface only. There, cookies are sent to every port of a host:
 * the name has the port, and the path keeps the cookie from other programs.
 */
function kindOf(arrived: Arrived) {
  const host = arrived.field('host') ?? ''
  const [, port = '80'] = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::(\d+))?$/.exec(host) ?? []
  const isPlain = isLoopbackName(host) && arrived.field('x-forwarded-proto') !== 'https'
  return isPlain
    ? { name: `postern-${port}`, attributes: 'Path=/console' }
    : { name: '__Host-postern', attributes: 'Path=/; Secure' }
}

const isLoopbackName = (host: string) =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host)

function cookieOf(arrived: Arrived): string | undefined {
  const { name } = kindOf(arrived)
  const pairs = (arrived.field('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}
