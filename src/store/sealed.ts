/** The secrets of a document, sealed as one JSON value. */
import type { Sealer } from '../system/sealer.ts'

export const sealedSecrets = (sealer: Sealer, table: string) => {
  const place = (serviceId: number, row: number) => ({
    table,
    serviceId,
    row: String(row),
    column: 'sealed',
  })
  return {
    seal: (serviceId: number, row: number, secrets: Record<string, unknown>): string =>
      sealer.seal(JSON.stringify(secrets), place(serviceId, row)),
    open: (serviceId: number, row: number, sealed: string): Record<string, unknown> =>
      JSON.parse(sealer.unseal(sealed, place(serviceId, row))) as Record<string, unknown>,
  }
}
