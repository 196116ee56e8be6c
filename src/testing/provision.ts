/** A service and a client for tests. */
import type { Postern } from '../embedded/types.ts'
import { clients, keyOf, services, type TestKey } from './settings.ts'

type Members = Record<string, unknown>

/** A service with one client. */
export interface Provisioned {
  readonly serviceId: number
  readonly issuer: string
  /** The service has a FAPI mode: requests are pushed, and tokens are bound to a key. */
  readonly isFapi: boolean
  readonly clientId: number
  /** Absent for a client without one. */
  readonly clientSecret?: string | undefined
  /** The key of a client of `clients.withKey`. */
  readonly key?: TestKey | undefined
  readonly redirectUri: string
}

/** Creates a service and a client from settings; by default OpenID Connect, and confidential. */
export async function provision(
  { api }: Postern,
  service: Members = services.openid(),
  client: Members = clients.confidential(),
): Promise<Provisioned> {
  const { apiKey, issuer, fapiModes = [] } = await api.post<MadeService>('service/create', service)
  const made = await api.post<MadeClient>(`${apiKey}/client/create`, client)
  const key = keyOf(client)
  const hasSecret = made.clientType !== 'PUBLIC' && !key
  return {
    serviceId: apiKey,
    issuer,
    isFapi: fapiModes.length > 0,
    clientId: made.clientId,
    ...(hasSecret ? { clientSecret: made.clientSecret } : {}),
    ...(key ? { key } : {}),
    redirectUri: made.redirectUris?.[0] ?? '',
  }
}
interface MadeService {
  apiKey: number
  issuer: string
  fapiModes?: string[]
}
interface MadeClient {
  clientId: number
  clientSecret: string
  clientType: string
  redirectUris?: string[]
}
