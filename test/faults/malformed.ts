/** Requests that are malformed in every way, and what is wrong with an answer to one. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { endpoints } from '../../src/api/index.ts'
import type { Json } from '../support/server.ts'

const contract: Json = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'))

export const operations = endpoints.filter(({ body }) => body)
export const operationsWithQuery = endpoints.filter(({ query }) => query)

/** A path where there is something, as far as its template names it. */
export const pathOf = (path: string, serviceId: number, client: Json): string =>
  path
    .replace('{serviceId}', String(serviceId))
    .replace(/\{client(Id|Identifier)\}/, String(client.clientId))
    .replace(/\{\w+\}/, 'x')

/** The name of the schema of what is answered with 200, where that is JSON. */
const referenceOf = (path: string, method: string): string | undefined =>
  contract.paths[path]?.[method]?.responses['200']?.content?.['application/json']?.schema.$ref

function actionsOf(path: string, method: string): string[] | undefined {
  const reference = referenceOf(path, method)
  const schema = contract.components.schemas[reference?.split('/').at(-1) ?? '']
  return schema?.properties?.action?.enum
}

/** What no answer may be, whatever was asked; undefined where all is well. */
export function problemOf(
  reply: { status: number; body: Json },
  path: string,
  method: string,
): string | undefined {
  const { status, body } = reply
  if (status >= 500) return `status ${status}`
  if (status === 204 || (status < 400 && !referenceOf(path, method))) return undefined
  if (body === null || typeof body !== 'object') return 'a body that is no object'
  if (status >= 400) {
    const isExplained = /^P\d{6}$/.test(body.resultCode) && typeof body.resultMessage === 'string'
    return isExplained ? undefined : `status ${status} without a result code`
  }
  const actions = actionsOf(path, method)
  return !actions || actions.includes(body.action) ? undefined : `the action ${body.action}`
}

export const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    '%00',
    '%',
    '%ZZ',
    '../..',
    '__proto__',
    'constructor',
    '9'.repeat(400),
    '-1',
    '1e309',
    'null',
    '{"a":',
    '[[[[[[[[',
    '\r\nSet-Cookie: a=b',
    '<script>',
    "' or 1=1 --",
    'eyJhbGciOiJub25lIn0.e30.',
    'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJcdTAwMDAifQ.AAAA',
    'a.b.c.d.e',
    'x'.repeat(5_000),
  ),
)

export const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    hostile,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 4 }),
  ),
})).value

const parameterNames = [
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'grant_type'],
  ...['code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope', 'username', 'password'],
  ...['token', 'token_type_hint', 'response_type', 'response_mode', 'state', 'nonce', 'claims'],
  ...['request', 'request_uri', 'id_token_hint', 'max_age', 'prompt', 'acr_values', 'resource'],
  ...['code_challenge', 'code_challenge_method', 'ui_locales', 'display', 'dpop_jkt', '__proto__'],
  ...['auth_req_id', 'login_hint', 'login_hint_token', 'client_notification_token', 'user_code'],
  ...['binding_message', 'requested_expiry', 'device_code', 'authorization_details', 'assertion'],
  ...['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type', 'audience'],
  'requested_token_type',
]
const known = (client: Json) => ({
  client_id: String(client.clientId),
  client_secret: client.clientSecret,
  grant_type: 'client_credentials',
  response_type: 'code',
})

/** Parameters that are nearly right: some known values, some hostile, some twice. */
export const parametersOf = (client: Json) =>
  fc
    .array(
      fc.tuple(fc.constantFrom(...parameterNames), fc.oneof(hostile, fc.constant(undefined))),
      {
        maxLength: 12,
      },
    )
    .map((entries) =>
      entries
        .map(([name, value]) => {
          const right = (known(client) as Record<string, string>)[name] ?? ''
          return `${name}=${value === undefined ? encodeURIComponent(right) : encode(value)}`
        })
        .join('&'),
    )
export const encode = (value: string) => {
  try {
    return encodeURIComponent(value)
  } catch {
    return value
  }
}

/** Members of a patch are those of the document that it changes. */
const patched = (path: string) => (path.endsWith('/service') ? 'service' : 'client')

/** Header fields of a body of the method. */
export const headersFor = (method: string): Record<string, string> =>
  method === 'patch' ? { 'Content-Type': 'application/merge-patch+json' } : {}

const properties = (path: string, method: string): string[] => {
  if (method === 'patch') {
    return Object.keys(contract.components.schemas[`${patched(path)}_document`].properties)
  }
  const content = contract.paths[path]?.[method]?.requestBody?.content['application/json']
  const name = content?.schema.$ref?.split('/').at(-1)
  return Object.keys(
    contract.components.schemas[name]?.properties ?? content?.schema.properties ?? {},
  )
}

/** A body whose members are those of the operation, with values of any kind. */
export const bodyFor = (path: string, method: string, parameters: fc.Arbitrary<string>) =>
  fc
    .dictionary(
      fc.constantFrom(...properties(path, method), 'unknown'),
      fc.oneof({ weight: 3, arbitrary: parameters }, json),
      { maxKeys: 8 },
    )
    .map((body) => ('parameters' in body ? body : { ...body, parameters: '' }))

export const contentTypes = fc.constantFrom(
  'application/json',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  '',
)
