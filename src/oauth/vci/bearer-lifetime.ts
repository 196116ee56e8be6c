/** The lifetime of access tokens for credentials that are not bound to a sender. */
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, flag } from '../attribute.ts'
import { grantedCredentials } from './granted.ts'

const longBearer = defineAttribute({
  name: 'ext.vci.bearer.long',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true`, access tokens that may obtain credentials live as long as others, even if they ' +
    'are bound to no key or certificate. With `false`, such tokens live for at most five minutes.',
  spec: 'OpenID4VCI §13.10',
})

const bearerSeconds = 300

/** OpenID4VCI §13.10: the longest lifetime in seconds. */
export function credentialTokenSeconds(service: Service, grant: Grant): number {
  if (!service.verifiableCredentialsEnabled) return Number.POSITIVE_INFINITY
  const { dpopThumbprint, certificateThumbprint } = grant
  const isBound = dpopThumbprint !== undefined || certificateThumbprint !== undefined
  const isShort =
    !isBound && !longBearer.read(service) && grantedCredentials(service, grant).length > 0
  return isShort ? bearerSeconds : Number.POSITIVE_INFINITY
}
