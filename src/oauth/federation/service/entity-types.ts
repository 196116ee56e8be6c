/** The roles of the service that its entity configuration is about, OpenID Federation §5.1. */
import type { Service } from '../../../model/service/service.ts'
import { isCredentialIssuer } from '../../vci/presentation.ts'

export const entityTypes = {
  OPENID_PROVIDER: 'openid_provider',
  OAUTH_AUTHORIZATION_SERVER: 'oauth_authorization_server',
  OPENID_CREDENTIAL_ISSUER: 'openid_credential_issuer',
} as const
export type EntityType = keyof typeof entityTypes

const known = Object.keys(entityTypes) as EntityType[]

/** The roles among the names that the service has; that of the provider if there are none. */
export function rolesAmong(names: readonly string[], service: Service): readonly EntityType[] {
  const isOn = (type: EntityType) =>
    type !== 'OPENID_CREDENTIAL_ISSUER' || isCredentialIssuer(service)
  const roles = known.filter((type) => names.includes(type) && isOn(type))
  return roles.length > 0 ? roles : ['OPENID_PROVIDER']
}
