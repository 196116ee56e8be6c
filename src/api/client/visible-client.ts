/** What a caller may see of a client: its secret only with the right to change it. */
import type { ServiceContext } from '../../grants/grant-request.ts'
import type { Client } from '../../model/client.ts'

export function visibleClient(client: Client, { service, caller }: ServiceContext): Client {
  const { clientSecret, ...rest } = client
  const shown = caller.may('modify_client') ? { clientSecret } : {}
  return { ...rest, ...shown, serviceNumber: service.number } as Client
}
