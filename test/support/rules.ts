/** Documents that pure rules read, and the outcome of a rule as text, for tables of cases. */
import { Client } from '../../src/model/client/client.ts'
import { Service } from '../../src/model/service/service.ts'
import { Refusal } from '../../src/refusal.ts'

const times = { createdAt: 0, modifiedAt: 0 }

export const serviceWith = (more: object = {}): Service =>
  Service.parse({ number: 1, apiKey: 1, ...times, ...more })

export const clientWith = (more: object = {}): Client =>
  Client.parse({ number: 1, clientId: 1, redirectUris: [], ...times, ...more })

/** The return value of the rule, or `error (result code)` if it refuses. */
export function outcomeOf<T>(rule: () => T): T | string {
  try {
    return rule()
  } catch (error) {
    return refusalText(error)
  }
}

export const asyncOutcomeOf = <T>(promise: Promise<T>): Promise<T | string> =>
  promise.catch(refusalText)

function refusalText(error: unknown): string {
  if (!(error instanceof Refusal)) throw error
  return `${error.rule.error} (${error.rule.code})`
}
