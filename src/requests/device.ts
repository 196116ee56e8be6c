/** Look-up of device authorization requests by user code, with limited attempts, RFC 8628 §5.1. */

import { describeClient } from '../clients/describe.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { DeviceCode } from '../model/request/device-code.ts'
import { detailsToApi } from '../oauth/authorization-details.ts'
import { normalizeUserCode, wrongUserCodes } from '../oauth/grants/device.ts'
import { dynamicScopes, scopeEntries } from '../oauth/scope.ts'
import { guesses } from '../refusal.ts'

const name = 'wrong user codes'

/** A keyed hash, because the plain hash of a short user code could be reversed. */
export const userCodeHash = ({ service, sealer }: ServiceContext, userCode: string): string =>
  sealer.digest(userCode, sealContext(service.apiKey))

const sealContext = (serviceId: number) => ({
  table: 'device_codes',
  serviceId,
  row: '',
  column: 'user_code_hash',
})

/**
 * The row of a user code without a decision. Every attempt is counted before the look-up, and
 * subtracted if it is right, so that concurrent attempts count too. Beyond the limit, all codes are
 * unknown.
 */
export async function findByUserCode(context: ServiceContext, typed: string) {
  const { service, store, sealer, now } = context
  const serviceId = service.apiKey
  const window = { now, until: now + wrongUserCodes.milliseconds }
  const attempted = await store.attempts.take(serviceId, name, window)
  const isThrottled = attempted > wrongUserCodes.limit
  if (isThrottled) guesses.publish({ kind: 'user_code', throttled: true })
  if (isThrottled) return undefined
  // The hash may have been made with a previous master key.
  const hashes = sealer.digests(normalizeUserCode(typed), sealContext(serviceId))
  const row = await store.deviceCodes.findByUserCode(serviceId, ...hashes)
  if (!row || row.decidedAt != null) {
    guesses.publish({ kind: 'user_code', throttled: false })
    return undefined
  }
  await store.attempts.giveBack(serviceId, name)
  return row
}

/** The members of responses that the consent page of a device shows. */
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
