/** Issued credentials in a store, with places in status lists, where a test needs no contents. */
import { withStatusPlaces } from '../../src/credentials/status.ts'
import { IssuedCredential } from '../../src/model/credential/issued.ts'
import { tokenHash } from '../../src/oauth/tokens/access-token.ts'
import { openDocuments } from '../../src/store/configuration.ts'
import type { TestService } from './flows.ts'

interface Given {
  count?: number
  subject?: string
  clientId?: number
  configurationId?: string
  notificationId?: string
  keptUntil?: number
}

/** The identifiers of the credentials, with their places, as one call issues them. */
export async function storeIssued(
  { store, system, serviceId }: TestService,
  given: Given = {},
): Promise<{ credentialIds: string[]; uri: string | undefined; places: number[] }> {
  const { count = 1, subject = 'alice', clientId = 1, configurationId = 'diploma' } = given
  const service = await openDocuments(store).service(serviceId)
  if (!service) throw new Error('The service is unknown.')
  const now = system.clock()
  return withStatusPlaces({ service, store, system, now }, count, async (chosen) => {
    const credentialIds = Array.from({ length: count }, () => system.random.token(128))
    const rows = credentialIds.map((credentialId, index) =>
      store.issuedCredentials.insert({
        serviceId,
        credentialId,
        issuedTo: clientId,
        subject,
        configurationId,
        notificationHash: given.notificationId && tokenHash(given.notificationId),
        list: chosen?.list,
        place: chosen?.places[index],
        status: 0,
        issuedAt: now,
        validUntil: undefined,
        keptUntil: given.keptUntil,
        data: IssuedCredential.parse({}),
      }),
    )
    await store.commit(...(chosen?.writes ?? []), ...rows)
    return { credentialIds, uri: chosen?.uri, places: chosen?.places ?? [] }
  })
}

export const statusUri = (list: number) => `https://issuer.example.com/status/${list}`

/** Settings of a service with status lists. */
export const withStatusLists = (more: Record<string, string> = {}) => ({
  attributes: Object.entries({
    'ext.vci.status': 'on',
    'ext.vci.status.uri': 'https://issuer.example.com/status/{list}',
    ...more,
  }).map(([key, value]) => ({ key, value })),
})
