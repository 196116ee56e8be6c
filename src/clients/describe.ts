/** What a caller may see of a client: secret and private keys only with the right to change it. */
import type { ServiceContext } from '../context.ts'
import { publicKeySetText } from '../jose/key-set.ts'
import type { Client } from '../model/client/client.ts'

export function visibleClient(client: Client, { service, caller }: ServiceContext): Client {
  const { clientSecret, jwks, ...rest } = client
  const shown = caller.may('modify_client')
    ? { clientSecret, jwks }
    : { jwks: jwks && publicKeySetText(jwks) }
  return { ...rest, ...shown, serviceNumber: service.number } as Client
}
