/** Client information responses, RFC 7591 §3.2.1 and RFC 7592 §3. */
import { publicKeySetText } from '../../jose/key-set.ts'
import type { Client, ClientDocument } from '../../model/client/client.ts'
import { parseExact, writeExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { acceptedMethods } from '../client-authentication/accepted-methods.ts'
import { visibleSecret } from '../client-authentication/secret.ts'
import { writeClientMetadata } from './metadata-names.ts'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * The client_id in registration responses. It stays the same (RFC 7592 §2.2), so the client and not
 * the service decides: a UUID that is the alias of a self-registered client, or else its number.
 */
export function registeredId(client: Client): string {
  const { clientId, clientIdAlias = '', clientIdAliasEnabled, dynamicallyRegistered } = client
  const isByUuid = dynamicallyRegistered && clientIdAliasEnabled && uuid.test(clientIdAlias)
  return isByUuid ? clientIdAlias : String(clientId)
}

/** The client configuration endpoint, RFC 7592 §3; undefined if the service has none. */
export function configurationUri(service: Service, clientId: string): string | undefined {
  const base = service.registrationManagementEndpoint || service.registrationEndpoint
  return base && `${base.replace(/\/$/, '')}/${clientId}`
}

/** The registered metadata of a client, without its secret and its registration access token. */
export function publicMetadata(client: Client): Record<string, unknown> {
  const { createdAt, extension, customMetadata, jwks } = client
  return {
    ...(parseExact(customMetadata || '{}') as object),
    ...writeClientMetadata({ ...client, jwks: jwks && publicKeySetText(jwks) }),
    ...(extension?.requestableScopesEnabled
      ? { scope: (extension.requestableScopes ?? []).join(' ') }
      : {}),
    client_id: registeredId(client),
    client_id_issued_at: Math.floor(createdAt / 1000),
  }
}

/**
 * The registered metadata as JSON text; with a token, also where to manage the client. `fresh` is a
 * secret that the client just got.
 */
export function registrationResponse(
  client: Client,
  service: Service,
  { token, fresh }: { token: string | undefined; fresh?: string | undefined },
): string {
  const secret = visibleSecret(service, client, fresh)
  const expiresAt = Math.floor((client.secretState?.expiresAt ?? 0) / 1000)
  const uri = configurationUri(service, registeredId(client))
  return writeExact({
    ...publicMetadata(client),
    ...(needsSecret(client)
      ? { ...(secret ? { client_secret: secret } : {}), client_secret_expires_at: expiresAt }
      : {}),
    ...(uri && token ? { registration_client_uri: uri, registration_access_token: token } : {}),
  })
}

/** Whether the secret authenticates the client or is the key of one of its algorithms. */
export function needsSecret(client: ClientDocument): boolean {
  const { idTokenSignAlg, userInfoSignAlg, requestSignAlg } = client
  const algorithms = [idTokenSignAlg, userInfoSignAlg, requestSignAlg, client.authorizationSignAlg]
  const isSymmetric = algorithms.some((alg) => alg?.startsWith('HS'))
  const methods = [client.tokenAuthMethod, ...acceptedMethods(client)]
  return methods.some((method) => method.startsWith('CLIENT_SECRET')) || isSymmetric
}
