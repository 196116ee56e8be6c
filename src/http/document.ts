/** The OpenAPI 3.1 document, generated from the endpoints. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import type { RelayTable } from './relay.ts'

const Explanation = z.object({
  resultCode: z.string().describe('Code of the rule or result that decided the answer.'),
  resultMessage: z.string().describe('The code and what it stands for, for people to read.'),
})

const Failure = Explanation.meta({
  id: 'result',
  description: 'The answer to a call of this API that is wrong.',
})

const Relay = z
  .object({
    status: z.int().describe('HTTP status code.'),
    headers: z.record(z.string(), z.string()).describe('Header fields to send.'),
    body: z.string().optional().describe('The body to send; none when absent.'),
  })
  .meta({ id: 'relay', description: 'The HTTP answer that the frontend owes its client.' })

const statuses = {
  400: 'The call is malformed.',
  401: 'The call carries no valid API token.',
  403: 'The API token does not permit the call.',
  404: 'The service, or what the path names, does not exist.',
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
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Postern',
      version: '0.1.0',
      license: { name: 'Apache-2.0' },
      description:
        'The engine behind OAuth 2.0 and OpenID Connect authorization servers. A frontend hands it ' +
        'raw requests and relays the answers; `action` says what to do next, `responseContent` what ' +
        'to send. With `Prefer: handling=strict`, members that no operation reads are refused instead ' +
        'of ignored. With `Prefer: relay`, answers that end an exchange carry the HTTP ' +
        'answer ready-made in `relay`.',
    },
    servers: [{ url: '/' }],
  })
}

function describe({ description, right, relay }: Endpoint): string {
  const needs = right === 'public' ? 'Needs no token.' : `Needs the right \`${right}\`.`
  const parts = [description, needs, relay && relayTable(relay)]
  return parts.filter((part) => part).join('\n\n')
}

function relayTable(table: RelayTable): string {
  const rows = Object.entries(table).map(([action, row]) => {
    const { status = 0, type = '', content = 'none', headers = {} } = row ?? {}
    const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const place = {
      body: `the body, \`${type}\``,
      location: 'the header `Location`',
      challenge: 'the header `WWW-Authenticate`',
      none: 'nowhere',
    }[content]
    return `| ${action} | ${status} | ${place} | ${sent.join('; ')} |`
  })
  return [
    'What the frontend owes its client (an action that is not listed leaves it something to do):',
    '',
    '| action | HTTP status | `responseContent` goes into | further headers |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/** Path parameters that an operation did not describe itself are those of every operation. */
function requestOf({ path, params, query, body, form }: Endpoint) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const described = { serviceId: z.string().describe('API key of the service.'), ...params?.shape }
  const shape = Object.fromEntries(
    names.map((name) => [name, (described as Record<string, z.ZodType>)[name] ?? z.string()]),
  )
  const content = body && {
    'application/json': { schema: body },
    ...(form ? { 'application/x-www-form-urlencoded': { schema: body } } : {}),
  }
  return {
    ...(names.length ? { params: z.object(shape) } : {}),
    ...(query ? { query } : {}),
    ...(content ? { body: { required: true, content } } : {}),
  }
}

function responsesOf(endpoint: Endpoint) {
  const failures = Object.entries(statuses)
    .filter(([status]) => endpoint.right !== 'public' || status === '400')
    .map(([status, description]) => [
      status,
      { description, content: { 'application/json': { schema: Failure } } },
    ])
  const schema = answerOf(endpoint)
  const success = schema
    ? { 200: { description: 'The answer.', content: { 'application/json': { schema } } } }
    : { 204: { description: 'Done; the answer has no body.' } }
  return { ...success, ...Object.fromEntries(failures) }
}

/** The answer with what the door adds to it. */
function answerOf({ response, relay, explained }: Endpoint): z.ZodType | undefined {
  if (!(response instanceof z.ZodObject)) return response
  const added = {
    ...(explained ? Explanation.shape : {}),
    ...(relay ? { relay: Relay.optional() } : {}),
  }
  return Object.keys(added).length > 0
    ? z.object({ ...added, ...response.shape }).meta(response.meta() ?? {})
    : response
}
