/**
 * The demo of a federation: a trust anchor, an intermediate below it, and below that the provider
 * and two relying parties, which are not registered at the provider beforehand.
 */
import { createFrontend } from '../../frontend/server.ts'
import { tlsOptions } from '../../frontend/tls.ts'
import { type Fetch, listen } from '../listen.ts'
import { type Api, seedService } from '../seed.ts'
import { type Entity, newEntity, newKey, publicSet, publish } from './entities.ts'
import { loopbackTls } from './loopback-tls.ts'
import { findProvider, logInAutomatically, logInExplicitly, type Party } from './party.ts'

export interface FederationStage {
  api: Api
  credentials: { username: string; password: string }
  /** The calls of the frontend to Postern. */
  fetch: typeof fetch
  /** Told of every step that went well. */
  say(step: string): void
}

export async function runFederation(stage: FederationStage): Promise<void> {
  const { api, credentials, say } = stage
  const tls = await loopbackTls()
  const options = tlsOptions(tls.key, tls.cert)
  const unknown: Fetch = () => new Response('Starting', { status: 503 })
  let [serveEntities, serveProvider] = [unknown, unknown]
  const host = await listen((...call) => serveEntities(...call), 3003, options)
  const frontend = await listen((...call) => serveProvider(...call), 3004, options)
  const provider = frontend.url

  const { anchor, intermediate, library, archive } = await createEntities(host.url)
  const key = await newKey('federation-1')
  const about = { id: provider, jwks: publicSet(key) }
  const entities = [anchor, intermediate, library.entity, archive.entity]
  serveEntities = publish(entities, [{ superior: intermediate, about }])
  const serviceId = await seedService(api, provider, {
    ...settingsOf(provider, intermediate, anchor),
    federationJwks: JSON.stringify({ keys: [key] }),
  })
  const { url: posternUrl, token: apiToken } = api
  const frontendOptions = { posternUrl, serviceId, apiToken, fetch: stage.fetch }
  const app = createFrontend(frontendOptions)
  serveProvider = (request, bindings) => app.fetch(request, bindings)

  const ofParty = { provider, fetch: tls.fetch, credentials, say }
  const found = await findProvider(ofParty, intermediate)
  say(`${library.entity.id} sends a user to log in, without a registration`)
  await logInAutomatically(ofParty, library, found)
  say(`${archive.entity.id} registers explicitly`)
  await logInExplicitly(ofParty, archive, found)
  await Promise.all([host.close(), frontend.close()])
}

async function createEntities(host: string) {
  const fetchEndpoint = (id: string) => ({
    federation_entity: { federation_fetch_endpoint: `${id}/fetch` },
  })
  const anchorId = `${host}/anchor`
  const anchor = await newEntity(anchorId, { metadata: fetchEndpoint(anchorId) })
  const intermediateId = `${host}/intermediate`
  const intermediate = await newEntity(intermediateId, {
    superior: anchor,
    metadata: fetchEndpoint(intermediateId),
    policy: {
      openid_relying_party: {
        contacts: { add: [`help@${new URL(host).hostname}`] },
        grant_types: { subset_of: ['authorization_code', 'refresh_token'] },
      },
    },
  })
  const library = await createParty(`${host}/library`, intermediate, {
    client_name: 'Library',
    token_endpoint_auth_method: 'private_key_jwt',
  })
  const archive = await createParty(`${host}/archive`, intermediate, {
    client_name: 'Archive',
    token_endpoint_auth_method: 'client_secret_basic',
  })
  return { anchor, intermediate, library, archive }
}

async function createParty(
  id: string,
  superior: Entity,
  metadata: Record<string, unknown>,
): Promise<Party> {
  const protocolKey = await newKey(`protocol key of ${metadata['client_name']}`)
  const callback = `${id}/callback`
  const own = {
    client_registration_types: ['automatic', 'explicit'],
    redirect_uris: [callback],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: 'ES256',
    jwks: publicSet(protocolKey),
    ...metadata,
  }
  const entity = await newEntity(id, { superior, metadata: { openid_relying_party: own } })
  return { entity, protocolKey, callback }
}

/** What makes a service an entity of the federation. */
const settingsOf = (provider: string, intermediate: Entity, anchor: Entity) => ({
  federationEnabled: true,
  authorityHints: [intermediate.id],
  trustAnchors: [{ entityId: anchor.id, jwks: JSON.stringify(publicSet(anchor.key)) }],
  supportedClientRegistrationTypes: ['AUTOMATIC', 'EXPLICIT'],
  federationRegistrationEndpoint: `${provider}/federation/register`,
  signedJwksUri: `${provider}/federation/jwks.jwt`,
  organizationName: 'Example provider',
  supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC', 'PRIVATE_KEY_JWT'],
  // The certificates of the demo are self-signed.
  attributes: [{ key: 'ext.outbound.tls_insecure', value: 'true' }],
})
