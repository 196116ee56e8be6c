/**
 * Values that contain their sealed creation time: DPoP nonces (RFC 9449 §8), attestation challenges
 * and nonces for proofs of credentials. They are not stored, and every node accepts the values of
 * all nodes.
 */
import type { ServiceContext } from '../context.ts'

/** `name` separates the kinds of values. */
export function sealedTime(name: string) {
  const sealContext = (serviceId: number) => ({ table: name, serviceId, row: '', column: 'time' })
  return {
    make: ({ service, sealer, now }: ServiceContext): string =>
      sealer.seal(String(now), sealContext(service.apiKey)),

    /** Whether this service made the value within this number of seconds. */
    isFresh({ service, sealer, now }: ServiceContext, value: string, seconds: number): boolean {
      try {
        const age = now - Number(sealer.unseal(value, sealContext(service.apiKey)))
        return age >= 0 && age <= seconds * 1000
      } catch {
        return false
      }
    },
  }
}
