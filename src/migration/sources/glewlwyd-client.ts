/** A client of Glewlwyd, with the properties that the plugin reads. */
import { ClientAuthMethod } from '../../model/enums.ts'
import { readClientMetadata } from '../../oauth/registration/metadata-names.ts'
import { identified, secretOf } from '../client.ts'
import { isObject, textIn, textsIn } from '../input.ts'
import { requestable } from '../metadata.ts'
import { attributesOf, type MigratedClient, type Settings } from '../migration.ts'
import type { Properties } from '../report.ts'

const grantTypes: Readonly<Record<string, string>> = {
  code: 'AUTHORIZATION_CODE',
  token: 'IMPLICIT',
  id_token: 'IMPLICIT',
  password: 'PASSWORD',
  client_credentials: 'CLIENT_CREDENTIALS',
  refresh_token: 'REFRESH_TOKEN',
  device_authorization: 'DEVICE_CODE',
}
const hybrid: readonly (readonly [string, readonly string[]])[] = [
  ['CODE', ['code']],
  ['TOKEN', ['token']],
  ['ID_TOKEN', ['id_token']],
  ['CODE_TOKEN', ['code', 'token']],
  ['CODE_ID_TOKEN', ['code', 'id_token']],
  ['ID_TOKEN_TOKEN', ['id_token', 'token']],
  ['CODE_ID_TOKEN_TOKEN', ['code', 'id_token', 'token']],
]

export function glewlwydClient(source: Properties): Omit<MigratedClient, 'key'> {
  const { identifier, ...named } = identified(source, 'client_id')
  const isConfidential = source.changed('confidential', 'clientType', 'It is a type.') === true
  const [method, ...others] = methodsOf(source, isConfidential)
  const types = textsIn(
    source.changed('authorization_type', 'grantTypes', 'Also `responseTypes`, by their names.'),
  )
  const settings: Settings = {
    ...named,
    clientName: textIn(source.taken('name', 'clientName')) ?? identifier,
    ...descriptionOf(source),
    clientType: isConfidential ? 'CONFIDENTIAL' : 'PUBLIC',
    tokenAuthMethod: method,
    redirectUris: textsIn(source.taken('redirect_uri', 'redirectUris')),
    grantTypes: [...new Set(types.flatMap((type) => grantTypes[type] ?? []))],
    responseTypes: hybrid
      .filter(([, words]) => words.every((word) => types.includes(word)))
      .map(([type]) => type),
    ...scopesOf(source),
    ...keysOf(source),
    ...encryptionOf(source),
    ...metadataOf(source),
  }
  if (source.changed('enabled', 'locked', 'A client that is not enabled is locked.') === false) {
    settings['locked'] = true
  }
  const attributes = attributesOf({
    'ext.auth_methods': others.length > 0 ? [method, ...others].join(' ').toLowerCase() : undefined,
    'ext.grant.delete_token': types.includes('delete_token') ? 'true' : undefined,
    'ext.encrypt.code': flagOf(source, 'encrypt_code', 'ext.encrypt.code'),
    'ext.encrypt.access_token': flagOf(source, 'encrypt_at', 'ext.encrypt.access_token'),
    'ext.encrypt.refresh_token': flagOf(
      source,
      'encrypt_refresh_token',
      'ext.encrypt.refresh_token',
    ),
    'ext.enc.kid': textIn(source.changed('alg_kid', 'ext.enc.kid', 'It is an attribute.')),
    'ext.sign_kid': textIn(source.changed('sign_kid', 'ext.sign_kid', 'It is an attribute.')),
  })
  if (attributes.length > 0) settings['attributes'] = attributes
  source.dropped('source', 'It is the place within Glewlwyd.')
  source.dropped('last_login', 'Postern notes when clients were used.')
  source.decide('password', 'It is a hash: set the known secret, or let `apply` make a new one.')
  const secret = secretOf(source, 'client_secret', settings)
  source.end()
  return { identifier, settings, secret }
}

function methodsOf(source: Properties, isConfidential: boolean): string[] {
  const given = source.peek('token_endpoint_auth_method')
  const named = typeof given === 'string' ? [given] : textsIn(given)
  const known = named
    .map((name) => name.toUpperCase())
    .filter((name) => ClientAuthMethod.safeParse(name).success)
  const to = 'tokenAuthMethod'
  if (!isConfidential) {
    source.changed('token_endpoint_auth_method', to, 'A public client does not authenticate.')
    return ['NONE']
  }
  source.changed('token_endpoint_auth_method', to, 'Further ones are in `ext.auth_methods`.')
  const secret = known.filter((name) => name !== 'NONE')
  return secret.length > 0 ? secret : ['CLIENT_SECRET_BASIC']
}

function descriptionOf(source: Properties): Settings {
  const text = textIn(source.taken('description', 'description'))
  return text === undefined ? {} : { description: text }
}

function scopesOf(source: Properties): Settings {
  const scopes = source.changed(
    'scope',
    'extension.requestableScopes',
    'Scopes of client credentials: with other grant types, add those that users grant.',
  )
  const grants = textsIn(source.peek('authorization_type'))
  const isOfClientOnly = grants.every((type) =>
    ['client_credentials', 'delete_token'].includes(type),
  )
  return textsIn(scopes).length > 0 && isOfClientOnly ? requestable(textsIn(scopes)) : {}
}

/** A key in PEM, a key set, or its URL: a client has one of them. */
function keysOf(source: Properties): Settings {
  const uri = textIn(source.peek('jwks_uri'))
  const set = source.peek('jwks')
  const pem = textIn(source.peek('pubkey'))
  const chosen = uri ? 'jwks_uri' : isObject(set) || typeof set === 'string' ? 'jwks' : 'pubkey'
  source.changed(chosen, uri ? 'jwksUri' : 'jwks', 'The keys of the client.')
  for (const name of ['jwks_uri', 'jwks', 'pubkey']) {
    if (name !== chosen) source.dropped(name, 'A client has its keys in one place.')
  }
  if (uri) return { jwksUri: uri }
  if (chosen === 'jwks') return { jwks: typeof set === 'string' ? set : JSON.stringify(set) }
  return pem === undefined ? {} : { jwks: pem }
}

function encryptionOf(source: Properties): Settings {
  const alg = source.peek('alg')
  const enc = source.peek('enc')
  const { properties } = readClientMetadata({
    id_token_encrypted_response_alg: alg ?? null,
    id_token_encrypted_response_enc: enc ?? null,
  })
  const settings: Settings = {}
  const of = (name: string, kind: 'idToken' | 'userInfo') => {
    const isOn = isYes(source.peek(name))
    source.changed(name, `${kind}EncryptionAlg`, 'With `alg` and `enc` of the client.')
    if (!isOn) return
    const { idTokenEncryptionAlg, idTokenEncryptionEnc } = properties
    if (idTokenEncryptionAlg) settings[`${kind}EncryptionAlg`] = idTokenEncryptionAlg
    if (idTokenEncryptionEnc) settings[`${kind}EncryptionEnc`] = idTokenEncryptionEnc
  }
  of('encrypt_id_token', 'idToken')
  of('encrypt_userinfo', 'userInfo')
  source.changed('alg', 'idTokenEncryptionAlg', 'Where something is encrypted.')
  source.changed('enc', 'idTokenEncryptionEnc', 'Where something is encrypted.')
  return settings
}

/** Properties by the names of RFC 7591. */
function metadataOf(source: Properties): Settings {
  const names = [
    ...['post_logout_redirect_uris', 'backchannel_logout_uri', 'frontchannel_logout_uri'],
    ...['logo_uri', 'tos_uri', 'policy_uri', 'client_uri', 'contacts', 'sector_identifier_uri'],
    ...['id_token_signed_response_alg', 'request_object_signing_alg', 'subject_type'],
  ]
  const settings: Settings = {}
  for (const name of names) {
    const value = source.peek(name)
    if (value === undefined) continue
    const [found] = Object.entries(readClientMetadata({ [name]: value }).properties)
    if (found?.[1] === undefined) source.decide(name, 'Postern does not know the value.')
    else {
      source.taken(name, found[0])
      settings[found[0]] = found[1]
    }
  }
  return settings
}

/** Properties of clients are text, also where they are flags. */
const isYes = (value: unknown): boolean =>
  ['1', 'yes', 'true'].includes(String(value).toLowerCase())

function flagOf(source: Properties, name: string, to: string): string | undefined {
  if (!isYes(source.peek(name))) {
    source.dropped(name, 'It is off, there and here.')
    return undefined
  }
  source.changed(name, to, 'It is an attribute.')
  return 'true'
}
