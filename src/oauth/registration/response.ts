/** Client information responses, RFC 7591 §3.2.1 and RFC 7592 §3. */
import { publicKeySetText } from '../../jose/key-set.ts'
import type { Client } from '../../model/client/client.ts'
import { parseExact, writeExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { writeClientMetadata } from './metadata-names.ts'

/** The client configuration endpoint, RFC 7592 §3; undefined if the service has none. */
export function configurationUri(service: Service, clientId: number): string | undefined {
  const base = service.registrationManagementEndpoint || service.registrationEndpoint
  return base && `${base.replace(/\/$/, '')}/${clientId}`
}

/** The registered metadata as JSON text; with a token, also where to manage the client. */
export function registrationResponse(
  client: Client,
  service: Service,
  token: string | undefined,
): string {
  const { clientSecret, clientId, createdAt, extension, customMetadata, jwks } = client
  const uri = configurationUri(service, clientId)
  return writeExact({
    ...(parseExact(customMetadata || '{}') as object),
    ...writeClientMetadata({ ...client, jwks: jwks && publicKeySetText(jwks) }),
    ...(extension?.requestableScopesEnabled
      ? { scope: (extension.requestableScopes ?? []).join(' ') }
      : {}),
    client_id: String(clientId),
    client_id_issued_at: Math.floor(createdAt / 1000),
    ...(needsSecret(client) ? { client_secret: clientSecret, client_secret_expires_at: 0 } : {}),
    ...(uri && token ? { registration_client_uri: uri, registration_access_token: token } : {}),
  })
}

/** Whether the secret authenticates the client or is the key of one of its algorithms. */
function needsSecret(client: Client): boolean {
  const { tokenAuthMethod, idTokenSignAlg, userInfoSignAlg, requestSignAlg } = client
  const algorithms = [idTokenSignAlg, userInfoSignAlg, requestSignAlg, client.authorizationSignAlg]
  const isSymmetric = algorithms.some((alg) => alg?.startsWith('HS'))
  return tokenAuthMethod.startsWith('CLIENT_SECRET') || isSymmetric
}
