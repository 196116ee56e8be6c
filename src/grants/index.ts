/**
 * The scripts of all grant types of the contract. `delete-token.ts` has one that issues nothing.
 */
import type { GrantType } from '../model/enums.ts'
import { authorizationCode } from './authorization-code.ts'
import { ciba } from './ciba.ts'
import { clientCredentials } from './client-credentials.ts'
import { deviceCode } from './device-code.ts'
import { jwtBearer } from './jwt-bearer.ts'
import { password } from './password.ts'
import { preAuthorizedCode } from './pre-authorized-code.ts'
import { refreshToken } from './refresh-token.ts'
import { tokenExchange } from './token-exchange.ts'

export const grants = {
  AUTHORIZATION_CODE: authorizationCode,
  REFRESH_TOKEN: refreshToken,
  CLIENT_CREDENTIALS: clientCredentials,
  DEVICE_CODE: deviceCode,
  CIBA: ciba,
  PRE_AUTHORIZED_CODE: preAuthorizedCode,
} as const satisfies Partial<Record<GrantType, unknown>>

/** Grants that the caller decides. */
export const deferredGrants = {
  PASSWORD: password,
  TOKEN_EXCHANGE: tokenExchange,
  JWT_BEARER: jwtBearer,
} as const satisfies Partial<Record<GrantType, unknown>>

/** Grant types that the token endpoint implements. */
export const implementedGrantTypes = [
  ...(Object.keys(grants) as (keyof typeof grants)[]),
  ...(Object.keys(deferredGrants) as (keyof typeof deferredGrants)[]),
] as const
