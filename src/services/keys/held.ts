/** Makes keys in hardware security modules. */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { refuseUnlessDone } from '../../jose/hardware-keys.ts'
import { thumbprintOf } from '../../jose/key-members.ts'
import type { HardwareKey, KeySetName } from '../../model/service/hsk.ts'
import type { NewKey } from '../../oauth/keys/add.ts'
import type { KeyKind } from '../../oauth/keys/new-key.ts'
import {
  newHardwareKey,
  requireFreeKeyId,
  requireHardware,
  requireSupported,
} from '../../oauth/service/hardware-key.ts'
import { CallerError, defineRules, refuse } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { makeKey } from './make.ts'

const rules = defineRules('Keys in modules', {
  unknownModule: {
    code: 'P112021',
    error: 'invalid_request',
    spec: 'RFC 7517 §4',
    message: 'The server has no hardware security module of this hsmName.',
    fix: 'Declare the module in `POSTERN_HSM_CONFIG`, or pass the name of a declared one.',
  },
})

interface Wanted {
  set: KeySetName
  kty?: string | undefined
  use?: string | undefined
  alg?: string | undefined
  hsmName?: string | undefined
  kid?: string | undefined
}

/** A key that was not finished after this time is destroyed. */
const pendingMilliseconds = 600_000

/** What making a key needs; the sweep has it, too. */
export type Making = Pick<ServiceContext, 'store' | 'system' | 'now' | 'service'>

/** A new key in a module, not yet of the service. Undefined if the module is not configured. */
export async function makeHeldKey(
  { service, system, store }: Making,
  { set, kid: named, ...members }: Wanted,
): Promise<NewKey | undefined> {
  requireHardware(service.hsmEnabled)
  const wanted = newHardwareKey(members)
  requireFreeKeyId(named, service.hsks as HardwareKey[] | undefined, [])
  const provider = system.keyProviders.get(wanted.hsmName)
  if (!provider) return undefined
  requireSupported(await refuseUnlessDone(provider.algorithms()), wanted.alg)
  const handle = system.random.token(256)
  const { apiKey: serviceId } = service
  // Keys in modules are cleared away by the time of the process.
  const now = system.clock()
  const dueAt = now + pendingMilliseconds
  const { hsmName, use, alg } = wanted
  const row = { serviceId, handle, hsmName, state: 'PENDING', createdAt: now, dueAt } as const
  const pending = store.hardwareKeys.insertPending(row)
  await store.commit(orRefuse(pending, new CallerError(serviceUnknown)))
  const { reference, publicJwk } = await refuseUnlessDone(provider.create(handle, wanted))
  const kid = named ?? thumbprintOf(publicJwk as JWK) ?? handle
  const publicKey = pemOf(publicJwk)
  const held: HardwareKey = { ...wanted, kid, handle, publicKey, set, reference }
  return { set, use, alg, kid, jwk: { ...(publicJwk as JWK), kid, use, alg }, held }
}

/** A new key in a module, or a local one. A dry run makes none in a module. */
export async function makeNewKey(
  making: Making,
  kind: KeyKind,
  {
    hsmName,
    kid,
    isDry,
  }: { hsmName?: string | undefined; kid?: string | undefined; isDry: boolean },
): Promise<NewKey> {
  const { set, use, alg, kty } = kind
  if (hsmName !== undefined && !isDry) {
    const made = await makeHeldKey(making, { set, use, alg, kty, hsmName, kid })
    return made ?? refuse(rules.unknownModule, hsmName)
  }
  const jwk = await makeKey(kind, making.system.random, kid)
  return { set, use, alg, kid: jwk.kid ?? '', jwk }
}

/** The module keeps the key: in the commit that gives it to the service. */
export const activateHeld = (
  { store }: Pick<ServiceContext, 'store'>,
  serviceId: number,
  keys: readonly NewKey[],
): Write[] =>
  keys.flatMap(({ held }) =>
    held
      ? [
          orRefuse(
            store.hardwareKeys.activate({ serviceId, handle: held.handle }),
            new CallerError(serviceUnknown),
          ),
        ]
      : [],
  )

const pemOf = (key: JsonWebKey): string =>
  createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
