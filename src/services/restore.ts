/** The settings of a revision of a service, with the present secrets and keys. */

import { serviceUnknown } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import { keyIdProperties, keyIdSets, keySetProperties, keysInText } from '../model/keys/standing.ts'
import { type Service, ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { withKeptService } from '../oauth/logout/kept-properties.ts'
import { refuseCaller } from '../refusal.ts'
import { documentName, type Revised } from './revisions.ts'

export async function revisedService({ service, store }: ServiceContext): Promise<Revised> {
  const { apiKey } = service
  const row = await store.services.find(apiKey)
  if (!row) refuseCaller(serviceUnknown)
  const name = documentName(apiKey, 'service', apiKey)
  return { name, row, parse: (settings) => ServiceDocument.parse(settings) }
}

/** A secret that was replaced since stays replaced, and a key that was removed stays removed. */
export function restoredService(
  settings: Record<string, unknown>,
  current: Service,
): ServiceDocument {
  const secrets = Object.fromEntries(serviceSecrets.map((name) => [name, current[name]]))
  const given = { ...ServiceDocument.parse(settings), ...secrets }
  const metadata = given.credentialIssuerMetadata
  const { credentialRequestEncryptionJwks } = current.credentialIssuerMetadata ?? {}
  const document: ServiceDocument = {
    ...given,
    ...(metadata && {
      credentialIssuerMetadata: { ...metadata, credentialRequestEncryptionJwks },
    }),
  }
  for (const name of keyIdProperties) {
    const kid = document[name]
    if (kid && !hasKey(current, name, kid)) document[name] = current[name]
  }
  return withKeptService(document, document as Service)
}

/** Whether the service has the key that a setting names. */
function hasKey(service: Service, name: keyof typeof keyIdSets, kid: string): boolean {
  const keys = keysInText(service[keySetProperties[keyIdSets[name]]])
  return (
    keys.some((key) => key['kid'] === kid) || (service.hsks ?? []).some((key) => key.kid === kid)
  )
}
