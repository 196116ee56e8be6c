/** Makes a key in a hardware security module. */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { z } from 'zod'
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseUnlessDone } from '../../jose/hardware-keys.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { type HardwareKey, KeySetName } from '../../model/service/hsk.ts'
import {
  newHardwareKey,
  requireFreeKeyId,
  requireHardware,
  requireSupported,
} from '../../oauth/service/hardware-key.ts'
import { CallerError } from '../../refusal.ts'
import { changeServiceKeys } from '../../services/hardware-keys.ts'
import { orRefuse } from '../../store/engine.ts'
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
  })
  .meta({ id: 'hsk_create_request' })

/** A key that was not finished after this time is destroyed. */
const pendingMilliseconds = 600_000

export const hskCreate = defineEndpoint({
  ...about,
  operationId: 'hsk_create_api',
  audits: 'key.created',
  method: 'post',
  path: '/api/{serviceId}/hsk/create',
  summary: 'Create a key in a module',
  description:
    'The private key never leaves the module. The service must have `hsmEnabled`. A key for ' +
    'signatures signs from now on, before the keys of `jwks`; one for encryption decrypts what ' +
    'clients send.',
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
    const { service, system, store, now } = context
    requireHardware(service.hsmEnabled)
    const wanted = newHardwareKey(body)
    requireFreeKeyId(body.kid, service.hsks as HardwareKey[] | undefined, localKeysOf(context))
    const provider = system.keyProviders.get(wanted.hsmName)
    if (!provider) return { action: 'NOT_FOUND' }
    requireSupported(await refuseUnlessDone(provider.algorithms()), wanted.alg)
    const handle = system.random.token(256)
    const { apiKey: serviceId } = service
    const dueAt = now + pendingMilliseconds
    const { hsmName } = wanted
    const row = { serviceId, handle, hsmName, state: 'PENDING', createdAt: now, dueAt } as const
    const pending = store.hardwareKeys.insertPending(row)
    await store.commit(orRefuse(pending, new CallerError(serviceUnknown)))
    const { reference, publicJwk } = await refuseUnlessDone(provider.create(handle, wanted))
    const kid = body.kid ?? (await calculateJwkThumbprint(publicJwk as JWK))
    const publicKey = pemOf(publicJwk)
    const hsk: HardwareKey = { ...wanted, kid, handle, publicKey, set: body.set, reference }
    await changeServiceKeys(context, ({ hardware, managed }) => {
      requireFreeKeyId(kid, hardware, localKeysOf(context))
      const activated = store.hardwareKeys.activate({ serviceId, handle })
      return {
        keys: { managed, hardware: [...hardware, hsk] },
        writes: [
          orRefuse(activated, new CallerError(serviceUnknown)),
          ...recordOf(context, { target: { kind: 'key', id: kid } }),
        ],
      }
    })
    return { action: 'SUCCESS', hsk }
  },
})

const localKeysOf = ({ service }: ServiceContext) =>
  serviceKeySet({ ...service, hsmEnabled: false }).keys

const pemOf = (key: JsonWebKey): string =>
  createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
