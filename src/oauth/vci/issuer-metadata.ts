/** The metadata of a credential issuer, OpenID4VCI §12.2.4. */
import { publicKeySet } from '../../jose/key-set.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { credentialConfigurations, credentialIssuerOf } from './configuration.ts'
import { isRequestKey, requestEncryptionOf, responseEncryptionOf } from './encryption-support.ts'

const rules = defineRules('Credential issuer metadata', {
  incomplete: {
    code: 'P121003',
    error: 'invalid_request',
    spec: 'OpenID4VCI §12.2.4',
    message:
      'The metadata of the credential issuer are incomplete: set issuer or credentialIssuer, and credentialEndpoint.',
    fix: 'Set the credential endpoint in the issuer metadata, and an issuer of the service or of the credentials.',
    settings: ['service.credentialIssuerMetadata', 'service.issuer'],
  },
})

type Metadata = Readonly<Record<string, unknown>>

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<Service, Metadata>()

/** The document that the frontend publishes; refused without its required members. */
export function issuerMetadata(service: Service): Metadata {
  const kept = known.get(service)
  if (kept) return kept
  const document = compose(service)
  known.set(service, document)
  return document
}

function compose(service: Service): Metadata {
  const issuer = credentialIssuerOf(service)
  const metadata = service.credentialIssuerMetadata
  if (!issuer || !metadata?.credentialEndpoint) refuse(rules.incomplete)
  const { authorizationServers, batchSize = 0, display } = metadata
  const configurations = [...credentialConfigurations(service)]
  return stated({
    credential_issuer: issuer,
    authorization_servers: authorizationServers?.length ? authorizationServers : undefined,
    credential_endpoint: metadata.credentialEndpoint,
    nonce_endpoint: metadata.nonceEndpoint,
    deferred_credential_endpoint: metadata.deferredCredentialEndpoint,
    notification_endpoint: metadata.notificationEndpoint,
    batch_credential_endpoint: metadata.batchCredentialEndpoint,
    credential_request_encryption: requestEncryption(service),
    credential_response_encryption: responseEncryption(service),
    batch_credential_issuance: batchSize >= 2 ? { batch_size: batchSize } : undefined,
    display: listIn(display),
    credential_configurations_supported: Object.fromEntries(
      configurations.map(([id, { document }]) => [id, document]),
    ),
  })
}

/** Without members that are absent or empty. */
const stated = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== ''),
  )

function requestEncryption(service: Service) {
  const support = requestEncryptionOf(service)
  if (!support) return undefined
  const keys = support.keys.keys.filter(isRequestKey)
  return stated({
    jwks: publicKeySet({ keys }),
    enc_values_supported: support.encodings,
    zip_values_supported: support.compressions.length > 0 ? support.compressions : undefined,
    encryption_required: support.isRequired,
  })
}

function responseEncryption(service: Service) {
  const support = responseEncryptionOf(service)
  return (
    support &&
    stated({
      alg_values_supported: support.algorithms,
      enc_values_supported: support.encodings,
      zip_values_supported: support.compressions.length > 0 ? support.compressions : undefined,
      encryption_required: support.isRequired,
    })
  )
}

/** A list in a JSON text; undefined if it is empty or there is none. */
function listIn(text: string | undefined): unknown[] | undefined {
  if (!text) return undefined
  try {
    const value: unknown = parseJson(text)
    return Array.isArray(value) && value.length > 0 ? value : undefined
  } catch {
    return undefined
  }
}
