/** The parameter `state`, RFC 6749 §4.1.1. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, flag } from '../attribute.ts'

const rules = defineRules('State', {
  missing: {
    code: 'P031021',
    error: 'invalid_request',
    spec: 'RFC 6749 §10.12',
    message: 'The parameter state is required.',
    fix: 'Send a `state`, and compare it with the one in the response.',
    settings: ['service.ext.state.required', 'client.ext.state.required'],
  },
})

const effect = 'Authorization requests must have the parameter `state`.'
const spec = 'RFC 6749 §10.12'

const ofService = defineAttribute({
  name: 'ext.state.required',
  of: 'service',
  form: flag,
  fallback: false,
  effect,
  spec,
})

const ofClient = defineAttribute({
  name: 'ext.state.required',
  of: 'client',
  form: flag,
  fallback: false,
  effect: 'Authorization requests of the client must have the parameter `state`.',
  spec,
})

/** Refuses a request without `state`, if the service or the client requires it. */
export function requireState(service: Service, client: Client, state: string | undefined): void {
  if (state) return
  const isOfService = ofService.read(service)
  if (isOfService || ofClient.read(client)) {
    const owner = isOfService ? 'service' : 'client'
    refuse(rules.missing, { parameter: 'state', setting: `${owner}.ext.state.required` })
  }
}
