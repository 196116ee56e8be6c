/**
 * Values that contain their sealed creation time: DPoP nonces (RFC 9449 §8), attestation challenges
 * and nonces for proofs of credentials. They are not stored, and every node accepts the values of
 * all nodes.
 */
import type { ServiceContext } from '../context.ts'

/** `name` separates the kinds of values; `boundTo` binds one to something else, such as a token. */
export function sealedTime(name: string) {
  const sealContext = (serviceId: number, row: string) => {
    const column = 'time'
    return { table: name, serviceId, row, column }
  }
  return {
    make: ({ service, sealer, now }: ServiceContext, boundTo = ''): string =>
      sealer.seal(String(now), sealContext(service.apiKey, boundTo)),

    /** Whether this service made the value within this number of seconds. */
    isFresh(
      { service, sealer, now }: ServiceContext,
      value: string,
      seconds: number,
      boundTo = '',
    ): boolean {
      try {
        const age = now - Number(sealer.unseal(value, sealContext(service.apiKey, boundTo)))
        return age >= 0 && age <= seconds * 1000
      } catch {
        return false
      }
    },
  }
}
