/** Refusals at the endpoints of receivers. */
import type { ServiceContext } from '../context.ts'
import { streamAction } from '../oauth/ssf/stream.ts'
import { presentationChallenge } from '../oauth/tokens/presentation.ts'
import { errorBody, type Refusal, type Rule } from '../refusal.ts'
import { nonceAfter } from '../tokens/sender-constraint.ts'

/** RFC 6750 §3: a challenge about the token; otherwise an error response. */
export const refuseReceiver =
  <const Action extends string = never>(
    /** The action of a rule that only this operation has. */
    own: (rule: Rule) => Action | undefined = () => undefined,
  ) =>
  ({ rule }: Refusal, context: ServiceContext) => {
    const { service } = context
    const action = own(rule) ?? streamAction(rule)
    const isChallenge = action === 'UNAUTHORIZED' || action === 'FORBIDDEN'
    const content = isChallenge ? presentationChallenge(rule, service) : errorBody(rule, service)
    return { action, responseContent: content, ...nonceAfter(context, rule.error) }
  }
