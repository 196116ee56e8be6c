/** What the caller told of a user, sealed beside the grant that it was told with. */
import type { UserData } from '../model/user-data.ts'
import type { Sealer } from '../system/sealer.ts'

export const sealedUserData = (sealer: Sealer, table: string) => {
  const place = (serviceId: number, row: string) => ({
    table,
    serviceId,
    row,
    column: 'sealed_user',
  })
  return {
    seal: (serviceId: number, row: string, user: UserData | undefined): string | null =>
      user === undefined ? null : sealer.seal(JSON.stringify(user), place(serviceId, row)),
    open: (serviceId: number, row: string, sealed: string | null): UserData | undefined =>
      sealed === null
        ? undefined
        : (JSON.parse(sealer.unseal(sealed, place(serviceId, row))) as UserData),
  }
}
