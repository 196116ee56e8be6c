/** The response of an operation to a refusal: an action, and the error response for the client. */
import type { ServiceContext } from '../context.ts'
import { type ErrorCode, errorBody, type Refusal } from '../refusal.ts'

/** The action for each OAuth error, and the action for all others. */
type Actions<Action extends string> = Partial<Record<ErrorCode, Action>> & { otherwise: Action }

/** `{ action, responseContent }`, with the error response of RFC 6749 §5.2 as the content. */
export const refuseAs =
  <const Action extends string>(actions: Actions<Action>) =>
  ({ rule }: Refusal, { service }: ServiceContext) => ({
    action: actions[rule.error] ?? actions.otherwise,
    responseContent: errorBody(rule, service),
  })
