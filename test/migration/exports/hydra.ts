/** An export of Ory Hydra 2: clients of its admin API, its configuration, a key set. */
import { generateKeyPairSync } from 'node:crypto'
import type { Json } from '../../support/server.ts'
import { chooser } from './random.ts'

const scopes = ['openid', 'offline_access', 'photos.read', 'photos.write', 'profile', 'billing']

export function hydraClients(seed: number): Json[] {
  const choose = chooser(seed)
  const usual = Array.from({ length: 44 }, (_, at) => {
    const isPublic = choose.chance(0.3)
    const isMachine = !isPublic && choose.chance(0.3)
    const host = `app-${at}.example.com`
    return {
      client_id: `${choose.text(8)}-${choose.text(4)}-${at}`,
      client_name: `Application ${at}`,
      redirect_uris: isMachine ? [] : [`https://${host}/callback`],
      grant_types: isMachine ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
      response_types: isMachine ? [] : ['code'],
      scope: choose.some(scopes).join(' '),
      audience: choose.chance(0.5) ? [`https://api.${host}`] : [],
      owner: choose.chance(0.2) ? `team-${choose.text(3)}` : '',
      policy_uri: '',
      allowed_cors_origins: choose.chance(0.2) ? [`https://${host}`] : [],
      tos_uri: choose.chance(0.2) ? `https://${host}/terms` : '',
      client_uri: `https://${host}/`,
      logo_uri: '',
      contacts: choose.chance(0.3) ? [`admin@${host}`] : null,
      client_secret_expires_at: 0,
      subject_type: choose.of(['public', 'public', 'pairwise']),
      jwks: {},
      token_endpoint_auth_method: isPublic
        ? 'none'
        : choose.of(['client_secret_basic', 'client_secret_post']),
      userinfo_signed_response_alg: 'none',
      created_at: '2024-03-01T09:12:00Z',
      updated_at: '2024-05-02T10:00:00Z',
      metadata: choose.chance(0.3) ? { tier: choose.of(['gold', 'silver']) } : {},
      skip_consent: choose.chance(0.3),
      skip_logout_consent: choose.of([true, false, null]),
      post_logout_redirect_uris: isMachine ? null : [`https://${host}/bye`],
      authorization_code_grant_access_token_lifespan: choose.chance(0.3) ? '15m0s' : null,
      authorization_code_grant_id_token_lifespan: null,
      authorization_code_grant_refresh_token_lifespan: choose.chance(0.2) ? '720h0m0s' : null,
      client_credentials_grant_access_token_lifespan: isMachine ? '1h0m0s' : null,
      implicit_grant_access_token_lifespan: null,
      implicit_grant_id_token_lifespan: null,
      jwt_bearer_grant_access_token_lifespan: null,
      refresh_token_grant_access_token_lifespan: null,
      refresh_token_grant_id_token_lifespan: null,
      refresh_token_grant_refresh_token_lifespan: null,
    }
  })
  return [...usual, ...oddClients()]
}

/** A client of each kind that needs more than a copy. */
function oddClients(): Json[] {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }
  const web = { redirect_uris: ['https://odd.example.com/cb'], response_types: ['code'] }
  return [
    {
      ...web,
      client_id: 'known-secret',
      client_secret: 'short',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: 'photos.read',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    {
      ...web,
      client_id: 'hashed-secret',
      client_secret: '$pbkdf2-sha256$i=25000,l=32$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA',
      grant_types: ['authorization_code'],
    },
    {
      client_id: 'with-keys',
      redirect_uris: ['https://odd.example.com/cb', 'https://odd.example.com/cb#part'],
      grant_types: ['authorization_code', 'urn:example:own-grant'],
      response_types: ['code', 'code own'],
      jwks: { keys: [jwk] },
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
    },
    { ...web, client_id: '1234567890', token_endpoint_auth_method: 'none', scope: 'openid' },
    {
      client_id: 'Ünïcode client',
      client_name: 'Name | with `marks`',
      redirect_uris: ['com.example.app:/cb'],
      token_endpoint_auth_method: 'none',
      request_object_signing_alg: 'XS999',
      something_new: { of: 'a later version' },
    },
    {
      ...web,
      client_id: 'wild',
      audience: ['https://api.example.com', 'legacy'],
      allowed_cors_origins: ['https://*.example.com'],
      authorization_code_grant_access_token_lifespan: '-1',
      token_endpoint_auth_method: 'client_secret_post',
      client_secret_expires_at: 1_900_000_000,
      registration_access_token_signature: 'abc',
      frontchannel_logout_uri: 'https://odd.example.com/front',
      frontchannel_logout_session_required: true,
      backchannel_logout_uri: 'https://odd.example.com/back',
      backchannel_logout_session_required: true,
      sector_identifier_uri: null,
    },
  ]
}

export const hydraConfiguration = `
dsn: postgres://hydra:secret@db/hydra
urls:
  self: { issuer: https://auth.example.com/ }
  login: https://login.example.com/login
  consent: https://login.example.com/consent
ttl: { access_token: 1h, refresh_token: 720h, id_token: 1h, auth_code: 10m, login_consent_request: 30m }
strategies: { access_token: jwt, scope: exact }
oauth2:
  pkce: { enforced_for_public_clients: true }
  expose_internal_errors: false
  grant: { refresh_token: { grace_period: 30s } }
oidc:
  dynamic_client_registration: { enabled: true, default_scope: [openid, offline_access] }
  subject_identifiers: { supported_types: [public, pairwise], pairwise: { salt: a-salt-of-hydra } }
webfinger:
  oidc_discovery: { supported_scope: [email, billing], supported_claims: [email] }
serve: { public: { cors: { enabled: true } } }
secrets: { system: [a-system-secret-of-hydra] }
log: { level: info }
`

export function hydraKeys(): Json {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = 'public:hydra.openid.id-token'
  return { keys: [{ ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] }
}
