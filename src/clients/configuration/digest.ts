/** Whether a file is applied and nothing has changed since, without reading the file. */
import type { ServiceContext } from '../../context.ts'
import { appliedDigest, stateDigest } from '../../oauth/configuration/attributes.ts'
import { versionOf } from '../../store/configuration.ts'
import type { SealContext } from '../../system/sealer.ts'

const placeOf = (serviceId: number): SealContext => ({
  table: 'services',
  serviceId,
  row: String(serviceId),
  column: 'configuration',
})

/** The digest of a file is keyed, because the file has secrets that may be guessed. */
export const keyedDigest = ({ sealer, service }: ServiceContext, digest: string): string =>
  sealer.digest(digest, placeOf(service.apiKey))

/** The one of the digests whose file is applied and unchanged. */
export async function appliedAmong(
  context: ServiceContext,
  digests: readonly string[],
): Promise<string | undefined> {
  const { service, sealer, store } = context
  const [file = '', state] = appliedDigest.read(service)?.split('.') ?? []
  const found = digests.find((digest) =>
    sealer.digests(digest, placeOf(service.apiKey)).includes(file),
  )
  if (found === undefined) return undefined
  const keyed = await store.clients.keyed(service.apiKey)
  return stateDigest(versionOf(service), keyed) === state ? found : undefined
}
