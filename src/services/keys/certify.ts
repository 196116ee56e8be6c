/** Attaches the certificates of an authority to a key that a service has. */
import type { X509Certificate } from 'node:crypto'
import type { JWK } from 'jose'
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { publicHardwareKey } from '../../jose/hardware-keys.ts'
import { publicMembers } from '../../jose/key-set.ts'
import { isRecordOf } from '../../model/keys/standing.ts'
import type { KeySetName } from '../../model/service/hsk.ts'
import { inBase64, requireCertified } from '../../oauth/key-material/chains.ts'
import type { KeyRing } from '../../oauth/keys/key-ring.ts'
import { defineRules, refuse, refuseCaller } from '../../refusal.ts'
import { changeRing } from './change.ts'
import { type DescribedKey, describeRing } from './describe.ts'

const rules = defineRules('Importing keys', {
  unknown: {
    code: 'P114033',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.5',
    message: 'The set has no key of this kid, for which the certificates could be.',
    fix: 'Pass the `kid` of a key that is in the set, or import the key first.',
  },
})

/** The key with its new certificates, which take the place of former ones. */
export async function certifyKey(
  context: ServiceContext,
  set: KeySetName,
  kid: string,
  chain: readonly X509Certificate[],
): Promise<DescribedKey[]> {
  const { service, now } = context
  const changed = await changeRing(context, service.apiKey, (ring) => ({
    ring: withChain(ring, set, kid, chain),
    writes: recordOf(context, {
      type: 'key.certified',
      target: { kind: 'key', id: kid },
      changes: [{ property: 'x5c', after: chain[0]?.subject }],
    }),
  }))
  if (!changed) return refuseCaller(serviceUnknown)
  return describeRing(changed.after, changed.service, now).filter(
    (key) => key.set === set && key.kid === kid,
  )
}

function withChain(
  ring: KeyRing,
  set: KeySetName,
  kid: string,
  chain: readonly X509Certificate[],
): KeyRing {
  const x5c = inBase64(chain)
  const local = ring.sets[set].find((key) => key.kid === kid)
  const held = ring.hardware.find((key) => key.set === set && key.kid === kid)
  const key = local ?? (held && publicHardwareKey(held)) ?? refuse(rules.unknown, kid)
  requireCertified(key, chain)
  const certified = withoutThumbprints({ ...key, x5c })
  const managed = ring.managed.map((record) =>
    record.set === set && isRecordOf(record, key as Record<string, unknown>)
      ? { ...record, publicJwk: publicMembers(certified) as Record<string, unknown> }
      : record,
  )
  if (held) {
    const hardware = ring.hardware.map((each) => (each === held ? { ...held, x5c } : each))
    return { ...ring, managed, hardware }
  }
  const keys = ring.sets[set].map((each) => (each === local ? certified : each))
  return { ...ring, managed, sets: { ...ring.sets, [set]: keys } }
}

/** RFC 7517 §4.8: thumbprints are of the former certificate. */
function withoutThumbprints({ x5t: _sha1, 'x5t#S256': _sha256, ...key }: JWK): JWK {
  return key as JWK
}
