/** Client metadata of RFC 7591, which several systems keep, as settings of a client. */
import { createHash } from 'node:crypto'
import { readClientMetadata } from '../oauth/registration/metadata-names.ts'
import type { Settings } from './migration.ts'
import type { Properties } from './report.ts'

/** The settings that the members say; each is reported. Members that are no metadata are left. */
export function metadataSettings(source: Properties): Settings {
  const settings: Settings = {}
  for (const name of source.left()) {
    const value = source.peek(name)
    if (value === undefined) continue
    const { properties, wrong } = readClientMetadata({ [name]: value })
    const [found] = Object.entries(properties)
    if (wrong !== undefined) {
      source.dropped(name, 'Postern does not know the value, or it has the wrong type.')
    } else if (found) {
      const [property, read] = found
      const ignored = ignoredValues(name, value, read)
      if (ignored === undefined) source.taken(name, property)
      else source.changed(name, property, `Postern does not know ${ignored}: left out.`)
      settings[property] =
        name.includes('#') && Array.isArray(settings[property])
          ? [...(settings[property] as unknown[]), ...(read as unknown[])]
          : read
    }
  }
  return settings
}

/** The values of a list that have no counterpart. */
function ignoredValues(name: string, value: unknown, read: unknown): string | undefined {
  if (!Array.isArray(value) || !Array.isArray(read) || value.length === read.length)
    return undefined
  const isIgnored = (each: unknown) => {
    const [known] = Object.values(readClientMetadata({ [name]: [each] }).properties)
    return Array.isArray(known) && known.length === 0
  }
  return value
    .filter(isIgnored)
    .map((each) => JSON.stringify(each))
    .join(', ')
}

/** `scope` lists what the client may request, RFC 7591 §2. */
export function requestableScopes(source: Properties): string[] | undefined {
  const text = source.changed('scope', 'extension.requestableScopes', 'The words become a list.')
  return typeof text === 'string' ? [...new Set(text.split(' ').filter(Boolean))] : undefined
}

export const requestable = (scopes: readonly string[] | undefined): Settings =>
  scopes ? { extension: { requestableScopesEnabled: true, requestableScopes: scopes } } : {}

/** RFC 7591 §2: what a client may do if its metadata do not say. */
export const registeredDefaults = { grantTypes: ['AUTHORIZATION_CODE'], responseTypes: ['CODE'] }

/** A public client has no secret. */
export const clientTypeOf = ({ tokenAuthMethod }: Settings): 'PUBLIC' | 'CONFIDENTIAL' =>
  tokenAuthMethod === 'NONE' ? 'PUBLIC' : 'CONFIDENTIAL'

export const usesSecret = ({ tokenAuthMethod = 'CLIENT_SECRET_BASIC' }: Settings): boolean =>
  String(tokenAuthMethod).startsWith('CLIENT_SECRET_')

export const sha256 = (text: string): string =>
  createHash('sha256').update(text).digest('base64url')
