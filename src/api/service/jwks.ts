/** The key set of a service, RFC 7517 §5. Private keys require the right modify_service. */
import { z } from 'zod'
import { recordRead } from '../../audit/read.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { emptyResponse, HttpResponse, jsonType } from '../../http/response.ts'
import { publicKeySet } from '../../jose/key-set.ts'
import { publishedKeySet, serviceKeySet } from '../../jose/service-key-set.ts'
import { publishesKeys } from '../../oauth/discovery/published-keys.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'

const rules = defineCallerRules('JWKS', {
  privateKeys: {
    code: 'P050001',
    status: 403,
    message: 'Reading private keys requires an API token with the right modify_service.',
  },
})

const KeySetResponse = z
  .object({
    keys: z.array(z.record(z.string(), z.unknown())).optional().describe('The keys of the set.'),
  })
  .meta({ id: 'service_jwks_get_response' })

export const jwks = defineEndpoint({
  operationId: 'service_jwks_get_api',
  audits: 'private_keys.read',
  method: 'get',
  path: '/api/{serviceId}/service/jwks/get',
  tag: 'JWK Set Endpoint',
  summary: 'Get the key set',
  description:
    'The public keys of the service, for the frontend to publish; 204 if the service has no keys, or ' +
    'has the attribute `ext.jwks.published` = `false`. ' +
    '`includePrivateKeys` returns the whole set and requires the right `modify_service`.',
  right: 'view_service',
  query: z.object({
    includePrivateKeys: Flag.describe('Whether private keys are included.'),
    pretty: Flag.describe('Whether the response is indented.'),
  }),
  response: KeySetResponse,
  async handle({ query }, context) {
    const { service, caller } = context
    if (query.includePrivateKeys && !caller.may('modify_service')) refuseCaller(rules.privateKeys)
    const isShown = query.includePrivateKeys || publishesKeys(service)
    const set = serviceKeySet(service)
    if ((!service.jwks && set.keys.length === 0) || !isShown) return emptyResponse
    if (query.includePrivateKeys) {
      await recordRead(context, { target: { kind: 'service', id: service.apiKey } })
    }
    const shown = query.includePrivateKeys
      ? { keys: set.keys }
      : publicKeySet(publishedKeySet(service))
    return new HttpResponse(
      200,
      jsonType,
      JSON.stringify(shown, null, query.pretty ? 2 : undefined),
    )
  },
})
