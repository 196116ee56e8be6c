/** Login to the console by an API token, or by the code of a link; and logout. */
import { z } from 'zod'
import { actorOf, recordOutsideCalls } from '../../audit/record.ts'
import { apiTokenHash, type Caller, callerByHash, identifyCaller } from '../../caller.ts'
import type { Dependencies } from '../../context.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'
import type { Incoming } from '../admit.ts'
import { decodeBody, validate } from '../body.ts'
import { recordRefusedCaller } from '../call/refused-callers.ts'
import type { LoginCodes } from './login-codes.ts'
import type { Session } from './session.ts'

const rules = defineCallerRules('Console', {
  codeUnknown: {
    code: 'P148003',
    status: 401,
    message:
      'The link was used before, or is older than ten minutes: log in with an API token, or start ' +
      'Postern again for a new link.',
  },
})

const Login = z.union([
  z.strictObject({ token: z.string().min(1).max(4_096) }),
  z.strictObject({ code: z.string().min(1).max(200) }),
])

const operationId = 'console_login'
const bodyLimit = 8_192

/** A new session; refuses what is neither a token nor a code. */
export async function logIn(
  incoming: Incoming,
  { store, system, ...dependencies }: Dependencies,
  codes: LoginCodes,
): Promise<Session> {
  const { requestId } = incoming
  const given = validate(Login, decodeBody(await incoming.body(bodyLimit), Login, false))
  const now = system.clock()
  try {
    const tokenHash = 'code' in given ? codes.take(given.code) : apiTokenHash(given.token)
    const caller =
      'code' in given
        ? tokenHash && (await callerByHash(tokenHash, store, now))
        : await identifyCaller(`Bearer ${given.token}`, store, now)
    if (!caller || !tokenHash) return refuseCaller(rules.codeUnknown)
    await store.commit(store.audit.insert(recordOf(caller, { system, requestId, now })))
    return { tokenHash, startedAt: now, usedAt: now }
  } catch (error) {
    await recordRefusedCaller(error, incoming, { operationId }, { store, system, ...dependencies })
    throw error
  }
}

const recordOf = (
  caller: Caller,
  { system, requestId, now }: Pick<Dependencies, 'system'> & { requestId: string; now: number },
) =>
  recordOutsideCalls(system.random, now, {
    ...actorOf(caller),
    type: 'console.logged_in',
    operation: operationId,
    serviceId: caller.serviceId ?? 0,
    targetKind: 'api_token',
    targetId: caller.tokenId,
    requestId,
  })
