/** Whom a backchannel request means. */
import type { Context } from 'hono'
import { decodeJwt } from 'jose'
import type { Parts } from './parts.ts'
import type { Answer } from './postern.ts'

/** CIBA §7.1 and §13: whom the hint means, and whether the user's code is right. */
export async function findUser(
  c: Context,
  answer: Answer,
  { users, limiter, clock }: Parts,
): Promise<{ subject: string } | { reason: string }> {
  const { hintType, hint = '', sub = '', userCodeRequired, userCode = '' } = answer
  let name = hintType === 'ID_TOKEN_HINT' ? sub : hint
  if (hintType === 'LOGIN_HINT_TOKEN') {
    const told = readHintToken(hint)
    if (told.exp !== undefined && told.exp * 1000 <= clock())
      return { reason: 'EXPIRED_LOGIN_HINT_TOKEN' }
    name = told.sub ?? ''
  }
  const subject = users.find(name)
  if (!subject) return { reason: 'UNKNOWN_USER_ID' }
  const check = () => users.checkUserCode(subject, userCode)
  if (userCodeRequired && !(await limiter.attempt(c, subject, check)))
    return { reason: 'INVALID_USER_CODE' }
  return { subject }
}

/** Here a JWT that names the user in `sub`. It is a hint like others, and its signature no proof. */
function readHintToken(token: string): { sub?: string; exp?: number } {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}
