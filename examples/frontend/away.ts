/** Requests that are decided away from the client: on another device, or on the page for codes. */

import type { Decision } from './pending.ts'
import type { Answer } from './postern.ts'

/** The answer about a request as the pages show it: a consent for one device is not for the next. */
export const askedAway = (answer: Answer, shownOnBoth: string | undefined): Answer => {
  const { clientId = 0, clientName } = answer
  const client = { clientId, ...(clientName ? { clientName } : {}) }
  return {
    ...answer,
    action: 'INTERACTION',
    prompts: ['CONSENT'],
    client,
    ...(shownOnBoth ? { bindingMessage: shownOnBoth } : {}),
  }
}

/** The decision as the operations `complete` of CIBA and of the device flow take it. */
export function resultOf(decision: Decision) {
  if ('reason' in decision)
    return { result: decision.reason === 'DENIED' ? 'ACCESS_DENIED' : 'TRANSACTION_FAILED' }
  // Claims are for UserInfo alone: of what was asked for, nobody tells what the ID Token is to have.
  const { subject, authTime, acr } = decision
  return { result: 'AUTHORIZED', subject, authTime, acr }
}
