/** Parameters about the authentication of the user: prompt, max_age, acr_values. */
import type { Client } from '../../model/client/client.ts'
import type { Prompt } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { type Parameters, parseSeconds, parseWords } from '../parameters.ts'

const rules = defineRules('Prompt', {
  unknown: {
    code: 'P006001',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The prompt parameter contains an unknown value.',
    fix: 'Send `prompt` with values out of none, login, consent, select_account and create.',
    settings: ['service.supportedPromptValues'],
  },
  noneWithOthers: {
    code: 'P006002',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The prompt value none must not be combined with other values.',
    fix: 'Send `prompt=none` alone, or omit none.',
  },
  unsupported: {
    code: 'P006003',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The prompt value is not supported by the service.',
    fix: 'Add the value to the service, or send a supported one.',
    settings: ['service.supportedPromptValues'],
  },
})

const names: Record<string, Prompt> = {
  none: 'NONE',
  login: 'LOGIN',
  consent: 'CONSENT',
  select_account: 'SELECT_ACCOUNT',
  create: 'CREATE',
}

/** OIDC Core §3.1.2.1 and Initiating User Registration §4: `none` must be the only value. */
export function parsePrompts(text: string | undefined, service: Service): Prompt[] {
  const given = { parameter: 'prompt', given: text }
  const prompts = parseWords(text).map((word) => {
    const prompt = Object.hasOwn(names, word) ? names[word] : undefined
    return prompt ?? refuse(rules.unknown, { ...given, expected: Object.keys(names) })
  })
  if (prompts.includes('NONE') && prompts.length > 1) refuse(rules.noneWithOthers, given)
  const supported = service.supportedPromptValues
  const missing = supported && prompts.find((prompt) => !supported.includes(prompt))
  if (missing) {
    const setting = 'service.supportedPromptValues'
    refuse(rules.unsupported, { ...given, setting, expected: supported })
  }
  return prompts
}

/** The prompt with the least interaction; `NONE` comes first. */
export function lowestPrompt(prompts: Prompt[]): Prompt | undefined {
  const order = Object.values(names)
  return [...prompts].sort((a, b) => order.indexOf(a) - order.indexOf(b))[0]
}

/**
 * The allowed seconds since the last authentication, OIDC Core §3.1.2.1, or the client's default.
 */
export const chooseMaxAge = (parameters: Parameters, client: Client): number | undefined =>
  parseSeconds(parameters, 'max_age') ?? (client.defaultMaxAge || undefined)

/** The classes that the service supports; all if it has no list. */
export function supportedAcrs(acrs: string[], service: Service): string[] {
  const supported = service.supportedAcrs && new Set(service.supportedAcrs)
  return supported ? acrs.filter((acr) => supported.has(acr)) : acrs
}

/**
 * Authentication context classes in order of preference: the claims parameter comes before the
 * parameter acr_values, and that before the client's default.
 */
export function chooseAcrs(
  parameters: Parameters,
  claimed: { acrs: string[]; acrEssential: boolean },
  client: Client,
): { acrs: string[]; acrEssential: boolean } {
  if (claimed.acrs.length > 0) return claimed
  const asked = parseWords(parameters.get('acr_values'))
  return { acrs: asked.length > 0 ? asked : (client.defaultAcrs ?? []), acrEssential: false }
}
