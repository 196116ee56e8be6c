/** The OpenAPI 3.1 document, generated from the endpoints. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { type Family, families } from '../model/properties/family.ts'
import { Acting, ActingField } from './call/acting.ts'
import { type Condition, conditionFields } from './call/conditions.ts'
import { patchContent } from './call/patch.ts'
import type { Endpoint } from './endpoint.ts'
import { Explanation as Explained } from './explain/explanation.ts'
import { version } from './health.ts'
import type { RelayTable } from './relay.ts'

const Explanation = z.object({
  resultCode: z.string().describe('Code of the rule or result.'),
  resultMessage: z.string().describe('The code and its message, for humans.'),
})

const Failure = Explanation.meta({
  id: 'result',
  description: 'The response to a call of this API that is not valid.',
})

const Relay = z
  .object({
    status: z.int().describe('HTTP status code.'),
    headers: z.record(z.string(), z.string()).describe('Header fields to send.'),
    body: z.string().optional().describe('The body to send; absent if there is none.'),
  })
  .meta({ id: 'relay', description: 'The HTTP response that the frontend sends to its client.' })

const statuses = {
  400: 'The call is not valid.',
  401: 'A valid API token is required.',
  403: 'The API token does not have the required right.',
  404: 'The service or another resource in the path is unknown.',
}

const patchStatuses = {
  409: 'The patch does not fit the document.',
  415: 'The media type is no patch.',
  422: 'The patch leaves no document.',
}

export function openApiDocument(endpoints: readonly Endpoint[]) {
  const app = new OpenAPIHono()
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token of Postern.',
  })
  for (const endpoint of endpoints) {
    app.openAPIRegistry.registerPath({
      method: endpoint.method,
      path: endpoint.path,
      operationId: endpoint.operationId,
      tags: [endpoint.tag],
      summary: endpoint.summary,
      description: describe(endpoint),
      security: endpoint.right === 'public' ? [] : [{ bearer: [] }],
      request: requestOf(endpoint),
      responses: responsesOf(endpoint),
    })
  }
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Postern',
      version,
      license: { name: 'Apache-2.0' },
      description:
        'The engine behind OAuth 2.0 and OpenID Connect authorization servers. A frontend passes raw ' +
        'requests to it and sends the responses: `action` is the next step, `responseContent` the ' +
        'content to send. With `Prefer: handling=strict`, unknown members are refused instead of ' +
        'ignored. With `Prefer: relay`, responses that end an exchange contain the complete HTTP ' +
        'response in `relay`. With `Prefer: explain`, they tell in `explanation` why the response is ' +
        'as it is: the rule with evidence and a fix, and the steps that led there.',
    },
    servers: [{ url: '/' }],
  })
  nameFamilies(document)
  return document
}

/** The family of a property becomes the extension `x-family`, by its title. */
function nameFamilies(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as Record<string, unknown>
  const { family } = schema
  if (typeof family === 'string' && Object.hasOwn(families, family)) {
    delete schema['family']
    schema['x-family'] = families[family as Family]
  }
  for (const member of Object.values(schema)) nameFamilies(member)
}

function describe({ description, right, relay }: Endpoint): string {
  const needs = needsOf(right)
  const parts = [description, needs, relay && relayTable(relay)]
  return parts.filter((part) => part).join('\n\n')
}

function needsOf(right: Endpoint['right']): string {
  if (right === 'public') return 'Requires no token.'
  return right === 'any' ? 'Requires a token with any right.' : `Requires the right \`${right}\`.`
}

function relayTable(table: RelayTable): string {
  const rows = Object.entries(table).map(([action, row]) => {
    const { status = 0, type = '', content = 'none', headers = {} } = row ?? {}
    const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const target = {
      body: `the body, \`${type}\``,
      location: 'the header `Location`',
      challenge: 'the header `WWW-Authenticate`',
      none: 'nowhere',
    }[content]
    return `| ${action} | ${status} | ${target} | ${sent.join('; ')} |`
  })
  return [
    'The HTTP response of the frontend to its client (other actions require a further step):',
    '',
    '| action | HTTP status | `responseContent` is sent in | further headers |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** The request of an operation; undescribed path parameters get a default description. */
function requestOf(endpoint: Endpoint) {
  const { method, path, params, query, body: own, form, audits, condition } = endpoint
  const { isRepeatable = false } = endpoint
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const described = { serviceId: z.string().describe('API key of the service.'), ...params?.shape }
  const shape = Object.fromEntries(
    names.map((name) => [name, (described as Record<string, z.ZodType>)[name] ?? z.string()]),
  )
  const body = audits && own && !(own instanceof z.ZodArray) ? own.and(Acting) : own
  const content =
    method === 'patch'
      ? patchContent
      : body && {
          'application/json': { schema: body },
          ...(form ? { 'application/x-www-form-urlencoded': { schema: body } } : {}),
        }
  return {
    ...(names.length ? { params: z.object(shape) } : {}),
    ...(query ? { query } : {}),
    ...(audits || condition
      ? { headers: headersOf(audits !== undefined, condition, isRepeatable) }
      : {}),
    ...(content ? { body: { required: true, content } } : {}),
  }
}

const headersOf = (isAudited: boolean, condition: Condition | undefined, isRepeatable: boolean) =>
  z.object({
    ...(isAudited ? ActingField.shape : {}),
    ...(isRepeatable ? RepeatField.shape : {}),
    ...(condition ? { [condition]: conditionFields[condition] } : {}),
  })

const RepeatField = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .describe(
      'A random name of this creation: a call with the same name and body, within 24 hours, gets ' +
        'the response of the first one and creates nothing.',
    ),
})

const EntityTag = z.object({
  ETag: z.string().describe('The entity tag of the document (RFC 9110 §8.8.3).'),
})

const NextPage = z.object({
  Link: z.string().optional().describe('The next page: `<…>; rel="next"` (RFC 8288 §3).'),
})

function responsesOf(endpoint: Endpoint) {
  const known = endpoint.method === 'patch' ? { ...statuses, ...patchStatuses } : statuses
  const failures = Object.entries(known)
    .filter(([status]) => endpoint.right !== 'public' || status === '400')
    .map(([status, description]) => [
      status,
      { description, content: { 'application/json': { schema: Failure } } },
    ])
  const schema = answerOf(endpoint)
  const success = schema
    ? {
        200: {
          description: 'The response.',
          ...(endpoint.condition ? { headers: EntityTag } : {}),
          ...(endpoint.isLinked ? { headers: NextPage } : {}),
          content: { 'application/json': { schema } },
        },
      }
    : { 204: { description: 'Success; the response has no body.' } }
  return { ...success, ...conditionalOf(endpoint), ...Object.fromEntries(failures) }
}

function conditionalOf({ condition }: Endpoint) {
  if (condition === 'If-None-Match') {
    return { 304: { description: 'The caller has the document already.' } }
  }
  if (condition === undefined) return {}
  const content = { 'application/json': { schema: Failure } }
  return { 412: { description: 'The document was changed since it was read.', content } }
}

/** The response schema with the members that every endpoint adds. */
function answerOf({ response, relay, explained }: Endpoint): z.ZodType | undefined {
  if (!(response instanceof z.ZodObject)) return response
  const added = {
    ...(explained ? { ...Explanation.shape, explanation: Explained.optional() } : {}),
    ...(relay ? { relay: Relay.optional() } : {}),
  }
  return Object.keys(added).length > 0
    ? z.object({ ...added, ...response.shape }).meta(response.meta() ?? {})
    : response
}
