/** Settings of a service about status lists, Token Status List. */
import {
  type AttributeForm,
  type AttributeOwner,
  defineAttribute,
  oneOf,
  wholeNumber,
} from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import { isLoopbackHost, splitUri } from '../uri.ts'

const placeholder = '{list}'

/** The URL of a list, with a placeholder for its number. */
const template: AttributeForm<string> = {
  parse: (text) => (isTemplate(text) ? text : undefined),
  expected: 'an https URL without fragment that contains `{list}` once, after its host',
}

const statusEnabled = defineAttribute({
  name: 'ext.vci.status',
  of: 'service',
  form: oneOf('on', 'off'),
  fallback: 'off',
  effect:
    '`on`: each issued credential has a place in a status list, so that it can be revoked. ' +
    'Requires `ext.vci.status.uri`.',
  spec: 'Token Status List §6',
})

const statusUri = defineAttribute({
  name: 'ext.vci.status.uri',
  of: 'service',
  form: template,
  fallback: '',
  effect:
    'The URL at which the frontend publishes status lists, with `{list}` for the number of the list.',
  spec: 'Token Status List §8.1',
})

const statusBits = defineAttribute({
  name: 'ext.vci.status.bits',
  of: 'service',
  form: oneOf('1', '2'),
  fallback: '2',
  effect:
    'How many bits each credential has in new status lists. With 1 bit, credentials cannot be suspended.',
  spec: 'Token Status List §4.1',
})

const statusTtl = defineAttribute({
  name: 'ext.vci.status.ttl',
  of: 'service',
  form: wholeNumber(60, 86_400),
  fallback: 900,
  effect: 'For how many seconds verifiers may keep a status list: its `ttl`.',
  spec: 'Token Status List §5.1',
})

export interface StatusSettings {
  readonly bits: 1 | 2
  readonly ttlSeconds: number
  /** The URL of a list by its number. */
  uriOf(list: number): string
  /** The number of the list with this URL. */
  listOf(uri: string): number | undefined
}

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<AttributeOwner, StatusSettings>()

/** How the service keeps status lists; undefined if it has no URL for them. */
export function statusSettings(service: AttributeOwner): StatusSettings | undefined {
  const uri = statusUri.read(service)
  if (uri === '') return undefined
  const kept = known.get(service)
  if (kept) return kept
  const settings = readSettings(service, uri)
  known.set(service, settings)
  return settings
}

/** Whether new credentials get a place in a status list. */
export const hasStatus = (service: AttributeOwner): boolean => statusEnabled.read(service) === 'on'

function readSettings(service: AttributeOwner, uri: string): StatusSettings {
  const [before = '', after = ''] = uri.split(placeholder)
  return {
    bits: statusBits.read(service) === '1' ? 1 : 2,
    ttlSeconds: statusTtl.read(service),
    uriOf: (list) => `${before}${list}${after}`,
    listOf(text) {
      if (!text.startsWith(before) || !text.endsWith(after)) return undefined
      const number = text.slice(before.length, text.length - after.length)
      return /^[1-9]\d{0,8}$/.test(number) ? Number(number) : undefined
    },
  }
}

export function statusProblem(service: AttributeOwner): Problem | undefined {
  if (!hasStatus(service) || statusUri.read(service) !== '') return undefined
  return { path: 'attributes', message: `${statusEnabled.name}=on requires ${statusUri.name}.` }
}

/** As for the issuer of a service, a loopback host may use http, for development. */
function isTemplate(text: string): boolean {
  if (text.length > 500 || text.split(placeholder).length !== 2) return false
  const [before = ''] = text.split(placeholder)
  const parts = splitUri(text.replace(placeholder, '1'))
  if (!parts || !/^https?:\/\/[^/]+\//.test(before) || parts.rest.includes('#')) return false
  return parts.scheme === 'https' || (parts.scheme === 'http' && isLoopbackHost(parts.host))
}
