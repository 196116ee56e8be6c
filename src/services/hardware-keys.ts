/** Finds keys of a service in modules. */
import type { ServiceContext } from '../context.ts'
import type { HardwareKey } from '../model/service/hsk.ts'

export const findHardwareKey = (
  { service: { hsks = [] } }: Pick<ServiceContext, 'service'>,
  handle: string,
): HardwareKey | undefined => (hsks as HardwareKey[]).find((key) => key.handle === handle)
