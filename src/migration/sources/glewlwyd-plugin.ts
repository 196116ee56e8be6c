/** The parameters of an instance of the plugin as settings of a service. */
import { createPrivateKey } from 'node:crypto'
import { isObject, numberIn, textIn, textsIn } from '../input.ts'
import { attributesOf, type Settings } from '../migration.ts'
import { type Properties, propertiesOf, type Report } from '../report.ts'

const durations: Readonly<Record<string, string>> = {
  'access-token-duration': 'accessTokenDuration',
  'refresh-token-duration': 'refreshTokenDuration',
  'code-duration': 'authorizationCodeDuration',
}
const grants: Readonly<Record<string, string>> = {
  'auth-type-code-enabled': 'AUTHORIZATION_CODE',
  'auth-type-token-enabled': 'IMPLICIT',
  'auth-type-id-token-enabled': 'IMPLICIT',
  'auth-type-password-enabled': 'PASSWORD',
  'auth-type-client-enabled': 'CLIENT_CREDENTIALS',
  'auth-type-device-enabled': 'DEVICE_CODE',
  'auth-type-refresh-enabled': 'REFRESH_TOKEN',
}

export function pluginService(report: Report, plugin: Record<string, unknown>) {
  const of = propertiesOf(report, 'plugin', plugin)
  const name = textIn(of.taken('display_name', 'serviceName')) ?? textIn(plugin['name']) ?? 'oidc'
  of.changed('name', 'service.key', 'It is the key of the file.')
  of.changed('parameters', 'service', 'Each of them has a line of its own.')
  of.end(() => 'It is about the place within Glewlwyd.')
  const parameters = isObject(plugin['parameters']) ? plugin['parameters'] : {}
  const source = propertiesOf(report, 'plugin', parameters, 'parameters.')
  const settings: Settings = { serviceName: name, ...issuerOf(source) }
  for (const [parameter, property] of Object.entries(durations)) {
    const seconds = numberIn(source.taken(parameter, property))
    if (seconds) settings[property] = seconds
  }
  const types = Object.entries(grants).flatMap(([parameter, type]) => {
    const isOn =
      source.changed(parameter, 'supportedGrantTypes', 'By its name in the API.') === true
    return isOn ? [type] : []
  })
  const jwks = keysOf(source)
  Object.assign(settings, algorithmOf(source), refreshOf(source), pkceOf(source), {
    supportedGrantTypes: [...new Set(types)],
    supportedScopes: scopesOf(source),
  })
  const attributes = attributesOf({
    ...subjectOf(source),
    'ext.at.preset': 'glewlwyd',
    'ext.userinfo.stored_claims': 'true',
    'ext.claims.policy': policyOf(source),
    'ext.request_object.max_lifetime': lifetimeOf(source),
  })
  source.decide(
    'client-sign_kid-parameter',
    'The signing key of a client is its attribute `ext.sign_kid`.',
  )
  source.end(() => 'It has no setting here that an import knows: see the page about Glewlwyd.')
  return { settings: { ...settings, attributes }, jwks }
}

function issuerOf(source: Properties): Settings {
  const issuer = textIn(source.taken('iss', 'issuer'))
  if (issuer === undefined) return {}
  const at = (path: string) => `${issuer.replace(/\/$/, '')}/${path}`
  return {
    issuer,
    authorizationEndpoint: at('auth'),
    tokenEndpoint: at('token'),
    userInfoEndpoint: at('userinfo'),
    jwksUri: at('jwks'),
  }
}

function algorithmOf(source: Properties): Settings {
  const families: Readonly<Record<string, string>> = { rsa: 'RS', ecdsa: 'ES', 'rsa-pss': 'PS' }
  const type = String(source.peek('jwt-type'))
  const size = String(source.peek('jwt-key-size') ?? '256')
  const family = families[type]
  const to = 'accessTokenSignAlg'
  if (family === undefined) {
    source.decide(
      'jwt-type',
      'Choose `accessTokenSignAlg`; symmetric keys need `ext.at.symmetric`.',
    )
  }
  source.changed('jwt-type', to, 'Type and size are an algorithm.')
  source.changed('jwt-key-size', to, 'Type and size are an algorithm.')
  return family === undefined ? {} : { [to]: `${family}${size}` }
}

/** A private key in PEM, or a key set as text. */
function keysOf(source: Properties): string | undefined {
  const set = textIn(source.peek('jwks-private'))
  if (set !== undefined) {
    source.changed('jwks-private', 'service.jwks', 'It is in a file of its own.')
    source.dropped('key', 'The key set comes first.')
    source.dropped('cert', 'The key set comes first.')
    return set
  }
  const pem = textIn(source.peek('key'))
  source.dropped('cert', 'It is the public half of the key.')
  try {
    const jwk = createPrivateKey(pem ?? '').export({ format: 'jwk' })
    source.changed('key', 'service.jwks', 'It is in a file of its own, with a kid.')
    const kid = textIn(source.taken('default-kid', 'service.jwks')) ?? '1'
    return JSON.stringify({ keys: [{ ...jwk, kid, use: 'sig' }] })
  } catch {
    source.missing('key', 'It is no private key in PEM: make keys with `keys: { managed: true }`.')
    return undefined
  }
}

function refreshOf(source: Properties): Settings {
  const isRolling = source.changed(
    'refresh-token-rolling',
    'refreshTokenDurationReset',
    'Each use gives a token its whole lifetime again.',
  )
  const oneUse = source.changed('refresh-token-one-use', 'refreshTokenKept', 'Its opposite.')
  return { refreshTokenKept: oneUse !== 'always', refreshTokenDurationReset: isRolling === true }
}

function pkceOf(source: Properties): Settings {
  const isRequired = source.taken('pkce-required', 'pkceRequired') === true
  const isPlain =
    source.changed('pkce-method-plain-allowed', 'pkceS256Required', 'Its opposite.') === true
  source.dropped('pkce-allowed', 'Clients may always use PKCE.')
  return { ...(isRequired ? { pkceRequired: true } : {}), pkceS256Required: !isPlain }
}

function scopesOf(source: Properties): Settings[] {
  const names = textsIn(source.changed('allowed-scope', 'supportedScopes', 'With names.'))
  const described = source.changed('scope', 'supportedScopes.attributes', 'Durations of a scope.')
  const all = Array.isArray(described) ? described.filter(isObject) : []
  const known = all.flatMap((scope) => textIn(scope['name']) ?? [])
  return [...new Set([...names, ...known])].map((name) => {
    const scope = all.find((each) => each['name'] === name)
    const seconds = numberIn(scope?.['refresh-token-duration'])
    const attributes = attributesOf({
      'refresh_token.duration': seconds ? String(seconds) : undefined,
      'refresh_token.rolling': scope?.['refresh-token-rolling'] === false ? 'false' : undefined,
    })
    return attributes.length > 0 ? { name, attributes } : { name }
  })
}

function subjectOf(source: Properties): Record<string, string | undefined> {
  const isPairwise = source.peek('subject-type') === 'pairwise'
  source.changed('subject-type', 'ext.subject.default', 'It is an attribute.')
  const type = isPairwise ? 'pairwise' : undefined
  return { 'ext.subject.default': type, 'ext.subject.in_access_token': type }
}

function lifetimeOf(source: Properties): string | undefined {
  const seconds = numberIn(
    source.changed('request-maximum-exp', 'ext.request_object.max_lifetime', 'It is an attribute.'),
  )
  return seconds ? String(seconds) : undefined
}

/** Claims of users, and members of access tokens, as entries of the claim policy. */
function policyOf(source: Properties): string | undefined {
  const how = 'It is an entry of the claim policy.'
  const to = 'ext.claims.policy'
  const modeOf = (value: unknown) => (value === 'mandatory' || value === true ? 'always' : 'demand')
  const targets = ['id_token', 'userinfo']
  const entries: Settings[] = []
  for (const claim of ['name', 'email']) {
    const mode = source.changed(`${claim}-claim`, to, how)
    if (mode === undefined || mode === 'no') continue
    entries.push({ claim, source: claim, mode: modeOf(mode), targets })
  }
  const address = source.changed('address-claim', to, how)
  if (isObject(address) && address['type'] !== 'no') {
    for (const [member, property] of Object.entries(address)) {
      if (member === 'type' || member === 'mandatory' || !textIn(property)) continue
      const mode = modeOf(address['type'])
      entries.push({ claim: `address.${member}`, source: property, mode, targets })
    }
  }
  const claims = source.changed('claims', to, how)
  for (const one of Array.isArray(claims) ? claims.filter(isObject) : []) {
    const entry = {
      claim: one['name'],
      source: one['user-property'],
      mode: modeOf(one['mandatory']),
      targets,
      type: textIn(one['type']),
      scopes: textsIn(one['scope']),
      trueValue: textIn(one['boolean-value-true']),
      falseValue: textIn(one['boolean-value-false']),
    }
    entries.push(JSON.parse(JSON.stringify(entry)) as Settings)
  }
  const more = source.changed('additional-parameters', to, how)
  for (const one of Array.isArray(more) ? more.filter(isObject) : []) {
    const [claim, property] = [one['token-parameter'], one['user-parameter']]
    entries.push({ claim, source: property, mode: 'always', targets: ['access_token'], join: ',' })
  }
  return entries.length > 0 ? JSON.stringify(entries) : undefined
}
