/** Attributes of a client of Keycloak that are client metadata, and its mappers. */
import { readClientMetadata } from '../../oauth/registration/metadata-names.ts'
import { isObject, objectsIn, textIn } from '../input.ts'
import type { Settings } from '../migration.ts'
import type { Properties, Report } from '../report.ts'

/** Attributes by the metadata members that they are; `##` separates the values of a list. */
const members: Readonly<Record<string, readonly [string, 'text' | 'flag' | 'list']>> = {
  'default.acr.values': ['default_acr_values', 'list'],
  'authorization.signed.response.alg': ['authorization_signed_response_alg', 'text'],
  'authorization.encrypted.response.alg': ['authorization_encrypted_response_alg', 'text'],
  'authorization.encrypted.response.enc': ['authorization_encrypted_response_enc', 'text'],
  'backchannel.logout.session.required': ['backchannel_logout_session_required', 'flag'],
  'backchannel.logout.url': ['backchannel_logout_uri', 'text'],
  'ciba.backchannel.auth.request.signing.alg': [
    'backchannel_authentication_request_signing_alg',
    'text',
  ],
  'ciba.backchannel.client.notification.endpoint': [
    'backchannel_client_notification_endpoint',
    'text',
  ],
  'ciba.backchannel.token.delivery.mode': ['backchannel_token_delivery_mode', 'text'],
  'dpop.bound.access.tokens': ['dpop_bound_access_tokens', 'flag'],
  'frontchannel.logout.session.required': ['frontchannel_logout_session_required', 'flag'],
  'id.token.encrypted.response.alg': ['id_token_encrypted_response_alg', 'text'],
  'id.token.encrypted.response.enc': ['id_token_encrypted_response_enc', 'text'],
  'id.token.signed.response.alg': ['id_token_signed_response_alg', 'text'],
  'jwks.url': ['jwks_uri', 'text'],
  logoUri: ['logo_uri', 'text'],
  policyUri: ['policy_uri', 'text'],
  'request.object.encryption.alg': ['request_object_encryption_alg', 'text'],
  'request.object.encryption.enc': ['request_object_encryption_enc', 'text'],
  'request.object.signature.alg': ['request_object_signing_alg', 'text'],
  'request.uris': ['request_uris', 'list'],
  'require.pushed.authorization.requests': ['require_pushed_authorization_requests', 'flag'],
  'tls.client.certificate.bound.access.tokens': [
    'tls_client_certificate_bound_access_tokens',
    'flag',
  ],
  'token.endpoint.auth.signing.alg': ['token_endpoint_auth_signing_alg', 'text'],
  tosUri: ['tos_uri', 'text'],
  'user.info.encrypted.response.alg': ['userinfo_encrypted_response_alg', 'text'],
  'user.info.encrypted.response.enc': ['userinfo_encrypted_response_enc', 'text'],
  'user.info.response.signature.alg': ['userinfo_signed_response_alg', 'text'],
  'x509.subjectdn': ['tls_client_auth_subject_dn', 'text'],
}

export function attributeMetadata(attributes: Properties): Settings {
  const settings: Settings = {}
  for (const [name, [member, kind]] of Object.entries(members)) {
    const text = attributes.peek(name)
    if (typeof text !== 'string') continue
    if (text === 'any' || text === 'not required') {
      attributes.dropped(name, 'Any is what Postern accepts without the setting.')
      continue
    }
    const value = kind === 'flag' ? text === 'true' : kind === 'list' ? text.split('##') : text
    const { properties } = readClientMetadata({ [member]: value })
    const [found] = Object.entries(properties)
    if (!found || found[1] === undefined) {
      attributes.decide(name, `Postern does not know the value ${text}.`)
      continue
    }
    attributes.taken(name, found[0])
    settings[found[0]] = found[1]
  }
  return { ...settings, ...certificateOf(attributes) }
}

/** A certificate of the client in PEM without its frame. */
function certificateOf(attributes: Properties): Settings {
  const text = textIn(attributes.peek('jwt.credential.certificate'))
  if (text === undefined || attributes.peek('jwks.url') !== undefined) return {}
  attributes.changed('jwt.credential.certificate', 'jwks', 'As a certificate in PEM.')
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} CERTIFICATE-----`)
  const body = text.replace(/(.{64})/g, '$1\n').trim()
  const pem = text.includes('-----BEGIN') ? text : `${begin}\n${body}\n${end}\n`
  return { jwks: pem }
}

/** Claims are what your frontend passes, or the claim policy. */
export function reportMappers(report: Report, of: string, source: Properties): void {
  const mappers = source.peek('protocolMappers')
  source.dropped('protocolMappers', 'Each of them has a line of its own.')
  if (!Array.isArray(mappers)) return
  for (const mapper of objectsIn({ path: 'protocolMappers', value: mappers })) {
    const config = isObject(mapper['config']) ? mapper['config'] : {}
    const claim = textIn(config['claim.name']) ?? textIn(config['included.client.audience'])
    const about = claim === undefined ? '' : ` The claim is \`${claim}\`.`
    report.add({
      of,
      property: `protocolMappers.${String(mapper['name'])}`,
      outcome: 'decide',
      note: `Pass what ${String(mapper['protocolMapper'])} made, or add it to the claim policy.${about}`,
    })
  }
}
