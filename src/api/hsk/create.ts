/** Makes a key in a hardware security module. */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { parseKeySet } from '../../jose/key-set.ts'
import { keySetProperties } from '../../model/keys/standing.ts'
import { type HardwareKey, KeySetName } from '../../model/service/hsk.ts'
import { requireKeyId } from '../../oauth/keys/new-key.ts'
import { requireFreeKeyId, requireHardware } from '../../oauth/service/hardware-key.ts'
import { addKeys } from '../../services/keys/add.ts'
import { makeHeldKey } from '../../services/keys/held.ts'
import { about, hskResponse, refusedHsk } from './hsk-schemas.ts'

const text = (description: string) => z.string().min(1).max(200).optional().describe(description)

const HskCreateRequest = z
  .object({
    kty: text('The key type: `EC` or `RSA` (RFC 7517 §4.1).'),
    use: text('The use of the key: `sig` or `enc` (RFC 7517 §4.2).'),
    kid: text('The key ID; without it, the thumbprint of RFC 7638.'),
    hsmName: text('The name of the hardware security module in the configuration of the server.'),
    alg: text('The algorithm of the key, such as `ES256` (RFC 7518 §3.1).'),
    set: KeySetName.default('protocol').describe('The key set that the key belongs to.'),
    state: z
      .enum(['next', 'current'])
      .optional()
      .describe(
        'Whether the key signs at once (`current`), or after it was published for some time ' +
          '(`next`). Default: `next` if the set has another key for the algorithm.',
      ),
  })
  .meta({ id: 'hsk_create_request' })

export const hskCreate = defineEndpoint({
  ...about,
  operationId: 'hsk_create_api',
  audits: 'key.created',
  method: 'post',
  path: '/api/{serviceId}/hsk/create',
  summary: 'Create a key in a module',
  description:
    'The private key never leaves the module. The service must have `hsmEnabled`. The first key ' +
    'of an algorithm signs at once, a later one after it was published for some time; a key for ' +
    'encryption decrypts what clients send.',
  right: 'modify_service',
  body: HskCreateRequest,
  form: true,
  response: hskResponse('hsk_create_response'),
  results: {
    SUCCESS: { code: 'P111901', message: 'The key is created.' },
    NOT_FOUND: { code: 'P111902', message: 'The server has no module of this hsmName.' },
  },
  refuse: refusedHsk,
  async handle({ body }, context) {
    const { service } = context
    requireHardware(service.hsmEnabled)
    const { state, ...wanted } = body
    if (body.kid !== undefined) {
      requireKeyId(body.kid)
      requireFreeKeyId(body.kid, service.hsks as HardwareKey[] | undefined, localKeysOf(context))
    }
    const key = await makeHeldKey(context, wanted)
    if (!key) return { action: 'NOT_FOUND' }
    await addKeys(context, [{ ...key, activate: state, isQueued: true }])
    const { held: hsk } = key
    return { action: 'SUCCESS', hsk }
  },
})

/** The local keys of all sets: a key ID is unique among them, too. */
const localKeysOf = ({ service }: ServiceContext) =>
  Object.values(keySetProperties).flatMap((name) => parseKeySet(service[name]).keys)
