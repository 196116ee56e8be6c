/**
 * Entity tags of documents, RFC 9110 §8.8.3: the version of the row, by which a change is guarded.
 * A suffix tells apart what one version looks like to a caller that sees less, or at another time.
 */
import { hash } from 'node:crypto'
import type { Caller } from '../caller.ts'
import type { Client } from '../model/client/client.ts'
import { isManaged, keyIdProperties } from '../model/keys/standing.ts'
import type { Service } from '../model/service/service.ts'
import { versionOf } from '../store/configuration.ts'

/** What the caller leaves out of a document that it could see. A change by patch keeps that. */
interface Asked {
  withoutSecrets?: boolean
}

const omission = ({ withoutSecrets }: Asked) => (withoutSecrets ? ['without secrets'] : [])

/** The tag of a document that a caller with every right has just saved. */
export const savedTag = (version: number): string => `"${version}"`

/** `isLess`: without secrets. `also`: what changes without the version. */
function entityTag(version: number, isLess: boolean, also: readonly unknown[]): string {
  const changing = also.some((value) => value !== undefined)
    ? `.${hash('sha256', JSON.stringify(also), 'base64url').slice(0, 11)}`
    : ''
  return `"${version}${isLess ? '-v' : ''}${changing}"`
}

/** Keys change their states by time, and the properties that name them follow. */
export const serviceTag = (service: Service, caller: Caller, asked: Asked = {}): string =>
  entityTag(versionOf(service), !caller.may('modify_service'), [
    ...(isManaged(service) ? keyIdProperties.map((name) => service[name]) : []),
    ...omission(asked),
  ])

/** `shown` is the client as the response has it. */
export function clientTag(
  client: Client,
  shown: Client,
  caller: Caller,
  asked: Asked = {},
): string {
  const isLess = !caller.may('modify_client')
  // The setting of the service may have changed since the secret was stored.
  const isHidden = !isLess && client.clientSecret !== shown.clientSecret
  return entityTag(versionOf(client), isLess, [
    shown.lastUsedAt,
    shown.rotatedClientSecretExpiresAt,
    isHidden || undefined,
    ...omission(asked),
  ])
}
