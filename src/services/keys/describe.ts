/** Keys of a service in responses: never with a private member. */
import { X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { z } from 'zod'
import { thumbprintOf } from '../../jose/key-members.ts'
import { isRecordOf, keyIdProperties, keyIdSets } from '../../model/keys/standing.ts'
import { KeyState } from '../../model/keys/state.ts'
import { EndReason, KeySetName, type ManagedKey } from '../../model/service/hsk.ts'
import type { Service } from '../../model/service/service.ts'
import { type KeyRing, stateIn, unmanagedIn } from '../../oauth/keys/key-ring.ts'

const moment = (text: string) => z.int().optional().describe(`${text}, in milliseconds since 1970.`)
const text = (description: string) => z.string().optional().describe(description)

const KeyCertificate = z
  .object({
    subject: z.string().describe('The subject of the first certificate.'),
    notAfter: z.int().describe('The end of its validity, in milliseconds since 1970.'),
    chainLength: z.int().describe('The number of certificates in `x5c`.'),
  })
  .meta({ id: 'service_key_certificate' })

export const DescribedKey = z
  .object({
    kid: text('The key ID (RFC 7517 §4.5).'),
    set: KeySetName.describe('The key set that the key belongs to.'),
    use: text('The use: `sig` or `enc` (RFC 7517 §4.2).'),
    alg: text('The algorithm (RFC 7517 §4.4).'),
    kty: text('The key type (RFC 7517 §4.1).'),
    crv: text('The curve (RFC 7518 §6.2.1.1).'),
    state: KeyState.describe('The state of the key at the time.'),
    managed: z
      .boolean()
      .describe('Whether Postern governs the state. A key that was only written is in use.'),
    createdAt: moment('When the key was made, or its management began'),
    activeFrom: moment('When it signs, or did, for the first time'),
    retireAt: moment('When it stops verifying'),
    retiredAt: moment('When it ended'),
    reason: EndReason.optional().describe('Why it ended, or was activated early.'),
    hsmName: text('The hardware security module that has the private key.'),
    handle: text('The handle of the key in the module.'),
    thumbprint: text('The thumbprint of the key (RFC 7638).'),
    certificate: KeyCertificate.optional().describe('The certificate of the key.'),
    pinnedBy: z
      .array(z.string())
      .describe('Properties of the service that name the key by its `kid`.'),
  })
  .meta({ id: 'service_key' })
export type DescribedKey = z.output<typeof DescribedKey>

export function describeKey(
  ring: KeyRing,
  service: Service,
  record: ManagedKey,
  now: number,
): DescribedKey {
  const { publicJwk, verifiesOnly: _, deleted: _deleted, revokedAt, endedAt, ...members } = record
  const { retireAt } = members
  const state = stateIn(ring, record, now)
  // A caller may have left the key out before its end.
  const ends = [retireAt, endedAt].filter((at) => at !== undefined && at <= now) as number[]
  const retired = state === 'RETIRED' && ends.length > 0 ? Math.min(...ends) : undefined
  const retiredAt = revokedAt ?? retired
  const key = ring.sets[record.set].find((each) => isRecordOf(record, each)) ?? publicJwk
  return {
    ...members,
    state,
    managed: true,
    ...(retiredAt === undefined ? {} : { retiredAt }),
    ...certificateOf(key as JWK | undefined),
    pinnedBy: pinsOf(service, record),
  }
}

/** All keys of the ring in the order of their sets; those without a record first. */
export const describeRing = (ring: KeyRing, service: Service, now: number): DescribedKey[] =>
  KeySetName.options.flatMap((set) => [
    ...unmanagedIn(ring, set).map((key) => describeUnmanaged(service, set, key)),
    ...ring.hardware
      .filter((key) => key.set === set)
      .filter(({ handle }) => !ring.managed.some((record) => record.handle === handle))
      .map(({ kid, use, alg, kty, hsmName, handle, x5c }) => ({
        kid,
        set,
        use,
        alg,
        kty,
        hsmName,
        handle,
        state: 'CURRENT' as const,
        managed: false,
        ...certificateOf({ kty, ...(x5c && { x5c }) }),
        pinnedBy: pinsOf(service, { set, kid }),
      })),
    ...ring.managed
      .filter((record) => record.set === set)
      .map((record) => describeKey(ring, service, record, now)),
  ])

function describeUnmanaged(service: Service, set: KeySetName, key: JWK): DescribedKey {
  const { kid, use, alg, kty, crv } = key
  return {
    ...namedTexts({ kid, use, alg, kty, crv, thumbprint: thumbprintOf(key) }),
    set,
    state: 'CURRENT',
    managed: false,
    ...certificateOf(key),
    pinnedBy: pinsOf(service, { set, kid }),
  }
}

/** A written key may have any members. */
const namedTexts = (members: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(members).filter((entry): entry is [string, string] => isText(entry[1])),
  )
const isText = (value: unknown) => typeof value === 'string'

const pinsOf = (service: Service, { set, kid }: { set: KeySetName; kid?: string | undefined }) =>
  kid === undefined
    ? []
    : keyIdProperties.filter((name) => keyIdSets[name] === set && service[name] === kid)

function certificateOf(key: JWK | undefined) {
  const chain: unknown = key?.x5c
  if (!Array.isArray(chain) || chain.length === 0) return {}
  try {
    const { subject, validTo } = new X509Certificate(Buffer.from(String(chain[0]), 'base64'))
    const notAfter = Date.parse(validTo)
    return { certificate: { subject, notAfter, chainLength: chain.length } }
  } catch {
    return {}
  }
}
