/** Clients that were registered through a federation, OpenID Federation §12. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'

type Origin = Partial<Pick<Client, 'automaticallyRegistered' | 'explicitlyRegistered'>>

/** Callers cannot set these properties: the store says how a client was registered. */
export const isFederated = ({ automaticallyRegistered, explicitlyRegistered }: Origin): boolean =>
  automaticallyRegistered === true || explicitlyRegistered === true

/** Clients are registered automatically by services that announce it, OpenID Federation §5.1.3. */
export const registersAutomatically = (service: Service): boolean =>
  service.federationEnabled &&
  service.supportedClientRegistrationTypes?.includes('AUTOMATIC') === true

/** Properties that the registration sets, and that updates by a caller keep. */
const ofRegistration = [
  'entityId',
  'automaticallyRegistered',
  'explicitlyRegistered',
  'clientSource',
  'clientRegistrationTypes',
  'trustAnchorId',
  'trustChain',
  'trustChainExpiresAt',
  'trustChainUpdatedAt',
  'authMethodsAllowed',
] as const satisfies readonly (keyof Client)[]

/** How a client is marked that no federation registered, whatever its caller says. */
export const unfederated = { automaticallyRegistered: false, explicitlyRegistered: false }

/** What an update keeps of the registration; nothing of a client that no federation registered. */
export const keptRegistration = (client: Client): Partial<Client> =>
  isFederated(client)
    ? Object.fromEntries(ofRegistration.map((name) => [name, client[name]]))
    : unfederated
