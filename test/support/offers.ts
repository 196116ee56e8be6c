/** Credential offers of tests, and what wallets do with them: OpenID4VCI §4 and §6. */
import { form, type TestService } from './flows.ts'
import type { Json } from './server.ts'

export const preAuthorized = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

/** The `info` of a new offer of `diploma` for alice. */
export async function createOffer(
  service: TestService,
  more: Record<string, unknown> = {},
): Promise<Json> {
  const asked = { preAuthorizedCodeGrantIncluded: true, subject: 'alice' }
  const created = await service.api('/vci/offer/create', {
    ...{ ...asked, credentialConfigurationIds: ['diploma'], ...more },
  })
  if (created.action !== 'CREATED') throw new Error(created.resultMessage)
  return created.info
}

/** A token request with the code of an offer, without a client unless the call names one. */
export const redeemOffer = (
  service: TestService,
  { preAuthorizedCode }: Json,
  parameters: Record<string, string | undefined> = {},
  more: Record<string, unknown> = {},
): Promise<Json> =>
  service.api('/auth/token', {
    parameters: form({
      ...{ grant_type: preAuthorized, 'pre-authorized_code': preAuthorizedCode },
      ...parameters,
    }),
    ...more,
  })

/** Authorization details that ask for configurations. */
export const detailsFor = (...ids: string[]): string =>
  JSON.stringify(ids.map((id) => ({ type: 'openid_credential', credential_configuration_id: id })))

/** The configurations of `issuableCredentials`, each with its datasets. */
export const issuableIn = ({ issuableCredentials }: Json): Record<string, string[]> =>
  Object.fromEntries(
    JSON.parse(issuableCredentials ?? '[]').map((each: Json) => [
      each.credential_configuration_id,
      each.credential_identifiers,
    ]),
  )
