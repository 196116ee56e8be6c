/** Refusals at the endpoints of receivers. */
import type { ServiceContext } from '../context.ts'
import { streamAction } from '../oauth/ssf/stream.ts'
import { presentationChallenge } from '../oauth/tokens/presentation.ts'
import { errorBody, type Refusal } from '../refusal.ts'
import { nonceAfter } from '../tokens/sender-constraint.ts'

/** RFC 6750 §3: a challenge about the token; otherwise an error response. */
export function refuseReceiver({ rule }: Refusal, context: ServiceContext) {
  const action = streamAction(rule)
  const isChallenge = action === 'UNAUTHORIZED' || action === 'FORBIDDEN'
  const { service } = context
  return {
    action,
    responseContent: isChallenge ? presentationChallenge(rule, service) : errorBody(rule, service),
    ...nonceAfter(context, rule.error),
  }
}
