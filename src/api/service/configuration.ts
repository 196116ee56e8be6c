/** The discovery document of a service, OpenID Connect Discovery §4 and RFC 8414 §3. */

import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { implementedGrantTypes } from '../../grants/index.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { HttpResponse, jsonType } from '../../http/response.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { discoveryDocument } from '../../oauth/discovery/document.ts'
import {
  applyPatch,
  JsonPatch,
  operationLimit,
  PatchFailure,
} from '../../oauth/service/json-patch.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'

const rules = defineCallerRules('Configuration', {
  patchInvalid: {
    code: 'P049001',
    status: 400,
    message: 'The patch must be a JSON Patch (RFC 6902) that applies to the document.',
  },
  patchTooLarge: {
    code: 'P049002',
    status: 400,
    message:
      'The patch must have at most 50 operations, and its result at most 256 KB and 64 levels.',
  },
})

const Options = z.object({
  pretty: Flag.describe('Whether the document is indented.'),
  patch: z
    .string()
    .max(65_536)
    .optional()
    .describe('A JSON Patch (RFC 6902) to apply to the document.'),
})

const Document = z
  .record(z.string(), z.unknown())
  .meta({ id: 'service_configuration', description: 'The metadata of the service.' })

const declaration = {
  path: '/api/{serviceId}/service/configuration',
  tag: 'Discovery Endpoint',
  summary: 'Get the discovery document',
  description:
    'The metadata of the service by OpenID Connect Discovery and RFC 8414, limited to features that ' +
    'the server supports. The frontend publishes the document unchanged.',
  right: 'view_service',
  response: Document,
} as const

export const configuration = defineEndpoint({
  ...declaration,
  operationId: 'service_configuration_api',
  method: 'get',
  query: Options,
  handle: async ({ query }, context) => answer(query, context),
})

export const configurationPost = defineEndpoint({
  ...declaration,
  operationId: 'service_configuration_api_post',
  method: 'post',
  body: z.object({
    pretty: z.boolean().default(false).describe('Whether the document is indented.'),
    patch: Options.shape.patch,
  }),
  form: true,
  handle: async ({ body }, context) => answer(body, context),
})

function answer(
  { pretty, patch }: { pretty: boolean; patch?: string | undefined },
  context: ServiceContext,
) {
  const { service } = context
  const known = patch || pretty ? undefined : plain.get(service)
  if (known !== undefined) return new HttpResponse(200, jsonType, known)
  const document = discoveryDocument(service, implementedGrantTypes)
  const patched = patch ? applyOrRefuse(document, patch) : document
  const text = JSON.stringify(patched, null, pretty ? 2 : undefined)
  if (!patch && !pretty) plain.set(service, text)
  return new HttpResponse(200, jsonType, text)
}

/** A cache of the plain document, the most frequent request. A changed service is a new key. */
const plain = new LRUCache<Service, string>({ max: 2_000 })

/** Applies the patch. If one operation fails, the call is refused. */
function applyOrRefuse(document: Record<string, unknown>, text: string): unknown {
  const given = jsonOf(text)
  // Checked before the operations are parsed: there may be tens of thousands.
  if (Array.isArray(given) && given.length > operationLimit) refuseCaller(rules.patchTooLarge)
  const parsed = JsonPatch.safeParse(given)
  if (!parsed.success) return refuseCaller(rules.patchInvalid)
  try {
    const patched = applyPatch(document, parsed.data)
    const isDocument = typeof patched === 'object' && patched !== null && !Array.isArray(patched)
    return isDocument ? patched : refuseCaller(rules.patchInvalid)
  } catch (error) {
    if (!(error instanceof PatchFailure)) throw error
    const isLarge = error.reason === 'tooLarge'
    return refuseCaller(isLarge ? rules.patchTooLarge : rules.patchInvalid)
  }
}

function jsonOf(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
