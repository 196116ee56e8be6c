/** Imports keys of a service: PEM, PKCS #12, JWK Sets, and certificates for present keys. */
import { z } from 'zod'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { KeySetName } from '../../../model/service/hsk.ts'
import { requireChain, requireInTime } from '../../../oauth/key-material/chains.ts'
import { importedKeys } from '../../../oauth/key-material/imported.ts'
import { takenCodes } from '../../../oauth/keys/key-ring.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { addKeys } from '../../../services/keys/add.ts'
import { certifyKey } from '../../../services/keys/certify.ts'
import { about, keysResponse } from './keys-schemas.ts'

const rules = defineRules('Importing keys', {
  source: {
    code: 'P114032',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'Exactly one of pem, pkcs12, jwks and x5c is required, and with x5c the kid.',
    fix: 'Pass exactly one of `pem`, `pkcs12`, `jwks` and `x5c`, and the `kid` with `x5c`.',
  },
})

const text = (description: string) => z.string().optional().describe(description)

const ImportRequest = z
  .object({
    pem: text(
      'Keys and certificates in PEM, in any order (RFC 7468): PKCS #8, also encrypted, PKCS #1, ' +
        'SEC 1, public keys, certificates; at most 64 KB and 10 keys.',
    ),
    pkcs12: text('A PKCS #12 file in base64 (RFC 7292), with AES and SHA-2; at most 64 KB.'),
    passphrase: text('The passphrase of `pkcs12`, or of encrypted keys in `pem`.'),
    jwks: text('A JWK Set as JSON text (RFC 7517 §5); at most 64 KB and 10 keys.'),
    x5c: z
      .array(z.string())
      .optional()
      .describe(
        'Certificates for the present key `kid`, each as the base64 of its DER (RFC 7517 §4.7).',
      ),
    set: KeySetName.default('protocol').describe('The key set that the keys belong to.'),
    use: text('The use: `sig` or `enc`. Default: what a JWK names, else what the key is for.'),
    alg: text('The algorithm. Default: what a JWK names, else the usual one of the key.'),
    kid: text('The key ID of one key. Default: what a JWK names, else the thumbprint (RFC 7638).'),
    activate: z
      .enum(['next', 'current', 'previous'])
      .optional()
      .describe(
        'Whether the keys sign at once (`current`), after they were published for some time ' +
          '(`next`), or never (`previous`): such keys verify what was signed elsewhere, and may ' +
          'be public. Default: `current` for the first key of its use and algorithm, and for `enc`.',
      ),
  })
  .meta({ id: 'service_keys_import_request' })
type ImportRequest = z.output<typeof ImportRequest>

export const keysImport = defineEndpoint({
  ...about,
  operationId: 'service_keys_import_api',
  audits: 'key.created',
  method: 'post',
  path: '/api/{serviceId}/service/keys/import',
  summary: 'Import keys',
  description:
    'Adds keys to a key set of the service, all of them or none, or certificates to a present ' +
    'key. Private keys must match their public keys and certificates. The response has no ' +
    'private key.',
  right: 'modify_service',
  body: ImportRequest,
  response: keysResponse('service_keys_import_response', 'CREATED', 'CONFLICT', 'CALLER_ERROR'),
  results: { CREATED: { code: 'P114902', message: 'The keys are imported.' } },
  async handle({ body }, context) {
    requireOneSource(body)
    const keys = body.x5c
      ? await certified(body, body.x5c, context)
      : await addKeys(context, await importedKeys(body, body, context.now))
    return { action: 'CREATED', keys }
  },
  refuse: ({ rule }) => ({
    action: takenCodes.includes(rule.code) ? 'CONFLICT' : 'CALLER_ERROR',
  }),
})

function requireOneSource({ pem, pkcs12, jwks, x5c, kid }: ImportRequest): void {
  const sources = [pem, pkcs12, jwks, x5c].filter((source) => source !== undefined)
  if (sources.length !== 1 || (x5c && kid === undefined)) refuse(rules.source)
}

function certified({ set, kid = '' }: ImportRequest, x5c: string[], context: ServiceContext) {
  const chain = requireChain(x5c)
  requireInTime(chain, context.now)
  return certifyKey(context, set, kid, chain)
}
