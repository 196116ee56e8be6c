/** Attributes of services and clients that a file or a tool configures. */
import { hash } from 'node:crypto'
import { configurationKeyAttribute, isConfigurationKey } from '../../model/configuration/parts.ts'
import { type AttributeForm, defineAttribute, flag, oneOf } from '../attribute.ts'

const key: AttributeForm<string | undefined> = {
  parse: (text) => (isConfigurationKey(text) ? text : undefined),
  expected: 'a key of 1 to 63 lower-case letters, digits and `._-`',
}

export const serviceKey = defineAttribute({
  name: configurationKeyAttribute,
  of: 'service',
  form: key,
  fallback: undefined,
  effect:
    'The stable name of the service in a file of configuration: `postern apply` finds the service ' +
    'by it, and `/api/services?key=` too.',
})

export const clientKey = defineAttribute({
  name: configurationKeyAttribute,
  of: 'client',
  form: key,
  fallback: undefined,
  effect:
    'The stable name of the client in the file of its service: `postern apply` finds the client by ' +
    'it, and `/api/{serviceId}/clients?key=` too.',
})

const manager: AttributeForm<'file' | 'terraform' | undefined> = oneOf('file', 'terraform')

export const managedBy = defineAttribute({
  name: 'ext.config.managedBy',
  of: 'service',
  form: manager,
  fallback: undefined,
  effect:
    'What configures the service, for tools that ask before they change it. `postern apply` sets ' +
    '`file` unless the file says otherwise.',
})

export const strict = defineAttribute({
  name: 'ext.config.strict',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'Whether only `postern apply` changes the settings of the service and of the clients with a ' +
    'key. Other changes are refused, except one that sets this to `false`. Locks, secrets and ' +
    'rotations of keys are no settings.',
})

const digestForm: AttributeForm<string | undefined> = {
  parse: (text) => (/^[\w-]{43}\.[\w-]{43}$/.test(text) ? text : undefined),
  expected: 'what `postern apply` wrote',
}

export const appliedDigest = defineAttribute({
  name: 'ext.config.digest',
  of: 'service',
  form: digestForm,
  fallback: undefined,
  effect:
    'Written by `postern apply`: a keyed digest of the applied file, and one of the versions that ' +
    'it led to. By it, an unchanged service costs one request.',
})

/** A digest of the versions that a service and its clients with keys have. */
export function stateDigest(
  serviceVersion: number,
  clients: readonly { clientId: number; version: number }[],
): string {
  const lines = clients
    .map(({ clientId, version }) => `${clientId}:${version}`)
    .sort((one, another) => (one < another ? -1 : 1))
  return hash('sha256', [serviceVersion, ...lines].join('\n'), 'base64url')
}

interface Pair {
  key: string
  value?: string | undefined
}

/** Attributes with other values for some names; undefined removes one. */
export function withAttributes<P extends Pair>(
  attributes: readonly P[] | undefined,
  values: Readonly<Record<string, string | undefined>>,
): (P | Pair)[] {
  const names = new Set(Object.keys(values))
  const seen = new Set<string>()
  const changed = (attributes ?? []).flatMap((pair): (P | Pair)[] => {
    if (!names.has(pair.key)) return [pair]
    const value = values[pair.key]
    if (value === undefined || seen.has(pair.key)) return []
    seen.add(pair.key)
    return [{ ...pair, value }]
  })
  const added = Object.entries(values).flatMap(([name, value]): Pair[] =>
    value === undefined || seen.has(name) ? [] : [{ key: name, value }],
  )
  return [...changed, ...added]
}
