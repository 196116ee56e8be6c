/** Finds the client of a token request without a client id by the code or token it redeems. */
import type { ServiceContext } from '../context.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'

/** The client id of the code or token; undefined unless `missingClientIdAllowed` is set. */
export async function clientOfGrant(parameters: Parameters, { service, store }: ServiceContext) {
  if (!service.missingClientIdAllowed) return undefined
  const code = parameters.get('code')
  const refreshToken = parameters.get('refresh_token')
  const deviceCode = parameters.get('device_code')
  if (code !== undefined) return (await store.codes.find(service.apiKey, tokenHash(code)))?.clientId
  if (refreshToken !== undefined) {
    return (await store.refreshTokens.find(service.apiKey, tokenHash(refreshToken)))?.clientId
  }
  if (deviceCode === undefined) return undefined
  return (await store.deviceCodes.find(service.apiKey, tokenHash(deviceCode)))?.clientId
}
