/**
 * Values that only this service can have made, and that say when: nothing of them is stored, and
 * every node knows those of every other. DPoP nonces (RFC 9449 §8), attestation challenges.
 */
import type { ServiceContext } from '../context.ts'

/** `name` tells values of one kind from those of another. */
export function sealedTime(name: string) {
  const sealContext = (serviceId: number) => ({ table: name, serviceId, row: '', column: 'time' })
  return {
    make: ({ service, sealer, now }: ServiceContext): string =>
      sealer.seal(String(now), sealContext(service.apiKey)),

    /** Whether the value was made by this service at most so many seconds ago. */
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
