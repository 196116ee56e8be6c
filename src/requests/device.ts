/** Finding what a user code stands for, RFC 8628 §5.1: guessing is limited, and tells nothing. */

import { describeClient } from '../clients/describe.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { DeviceCode } from '../model/device-code.ts'
import { detailsToApi } from '../oauth/authorization-details.ts'
import { normalizeUserCode, wrongUserCodes } from '../oauth/grants/device.ts'
import { dynamicScopes, scopeEntries } from '../oauth/scope.ts'
import { guesses } from '../refusal.ts'

const name = 'wrong user codes'

/** User codes are too short for a plain hash to hide them. */
export const userCodeHash = ({ service, sealer }: ServiceContext, userCode: string): string =>
  sealer.digest(userCode, place(service.apiKey))

const place = (serviceId: number) => ({
  table: 'device_codes',
  serviceId,
  row: '',
  column: 'user_code_hash',
})

/**
 * The row of a code that nobody has decided yet. Every attempt counts until it turns out to be
 * right, so that attempts at once count like others; beyond the limit no code exists.
 */
export async function findByUserCode(context: ServiceContext, typed: string) {
  const { service, store, sealer, now } = context
  const serviceId = service.apiKey
  const window = { now, until: now + wrongUserCodes.milliseconds }
  const attempted = await store.attempts.take(serviceId, name, window)
  const isThrottled = attempted > wrongUserCodes.limit
  if (isThrottled) guesses.publish({ kind: 'user_code', throttled: true })
  if (isThrottled) return undefined
  // The code may have been made before the master key was replaced.
  const hashes = sealer.digests(normalizeUserCode(typed), place(serviceId))
  const row = await store.deviceCodes.findByUserCode(serviceId, ...hashes)
  if (!row || row.decidedAt != null) {
    guesses.publish({ kind: 'user_code', throttled: false })
    return undefined
  }
  await store.attempts.giveBack(serviceId, name)
  return row
}

/** What a page that asks the user has to show. */
export function describeDeviceRequest(
  { service }: ServiceContext,
  client: Client,
  data: DeviceCode,
) {
  return {
    ...describeClient(service, client, data.namedBy),
    clientName: client.clientName,
    scopes: scopeEntries(service, data.scopes),
    dynamicScopes: dynamicScopes(service, data.scopes),
    claimNames: data.claimNames,
    acrs: data.acrs,
    resources: data.resources,
    authorizationDetails: detailsToApi(data.authorizationDetails),
    gmAction: data.gmAction,
    grantId: data.grantId,
  }
}
