import { z } from 'zod'

/** Grant types, by their name on the wire of this API. */
export const GrantType = z
  .enum([
    'AUTHORIZATION_CODE',
    'IMPLICIT',
    'PASSWORD',
    'CLIENT_CREDENTIALS',
    'REFRESH_TOKEN',
    'CIBA',
    'DEVICE_CODE',
    'TOKEN_EXCHANGE',
    'JWT_BEARER',
    'PRE_AUTHORIZED_CODE',
  ])
  .meta({ id: 'grant_type' })
export type GrantType = z.output<typeof GrantType>
