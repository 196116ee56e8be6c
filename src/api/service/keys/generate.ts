/** Generates a key of a service. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { KeySetName } from '../../../model/service/hsk.ts'
import { kindOf, requireKeyId } from '../../../oauth/keys/new-key.ts'
import { addKeys } from '../../../services/keys/add.ts'
import { makeNewKey } from '../../../services/keys/held.ts'
import { Algorithm, about, DryRun, KeyId, keysResponse, refusedKeys } from './keys-schemas.ts'

const GenerateRequest = z
  .object({
    set: KeySetName.default('protocol').describe('The key set that the key belongs to.'),
    alg: Algorithm,
    use: z.string().max(10).optional().describe('The use; it follows from the algorithm.'),
    kid: KeyId.optional().describe('The key ID; without it, the thumbprint (RFC 7638).'),
    modulusBits: z.int().optional().describe('For RSA: 2048, 3072 (the default) or 4096.'),
    crv: z.string().max(20).optional().describe('The curve of a key for ECDH-ES.'),
    hsmName: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The hardware security module that makes the key and keeps its private half.'),
    activate: z
      .enum(['next', 'current'])
      .optional()
      .describe(
        'Whether the key signs at once (`current`), or after it was published for some time ' +
          '(`next`). Default: `current` for the first key of its use and algorithm, and for `enc`.',
      ),
    dryRun: DryRun,
  })
  .meta({ id: 'service_keys_generate_request' })

export const keysGenerate = defineEndpoint({
  ...about,
  operationId: 'service_keys_generate_api',
  audits: 'key.created',
  method: 'post',
  path: '/api/{serviceId}/service/keys/generate',
  summary: 'Generate a key',
  description:
    'Makes a key and adds it to a key set of the service. The key that it succeeds verifies until ' +
    'what it signed has ended, see `ext.keys.overlap`. The response has no private key.',
  right: 'modify_service',
  body: GenerateRequest,
  response: keysResponse(
    'service_keys_generate_response',
    'CREATED',
    'CALLER_ERROR',
    'SERVER_ERROR',
  ),
  results: { CREATED: { code: 'P113901', message: 'The key is generated.' } },
  refuse: refusedKeys,
  async handle({ body }, context) {
    const { activate, dryRun } = body
    if (body.kid !== undefined) requireKeyId(body.kid)
    const kind = kindOf(context.service, body)
    const { hsmName, kid } = body
    const made = await makeNewKey(context, kind, { hsmName, kid, isDry: dryRun })
    const keys = await addKeys(context, [{ ...made, activate }], dryRun)
    return { action: 'CREATED', keys }
  },
})
