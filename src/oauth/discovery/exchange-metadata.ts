/** What metadata tells of identity assertions: Identity Assertion Grant §7. */
import type { Service } from '../../model/service/service.ts'
import { supportsGrantType } from '../grants/grant-type.ts'
import { idJagTokenType, issuesIdJags } from '../grants/identity-assertion.ts'
import { trustsFor } from '../grants/trusted-issuers.ts'

/** Whether the service accepts them as grants, and whether it issues them. */
export const exchangeMetadata = (service: Service) => ({
  authorization_grant_profiles_supported:
    supportsGrantType('JWT_BEARER', service) && trustsFor(service, 'id-jag')
      ? ['urn:ietf:params:oauth:grant-profile:id-jag']
      : undefined,
  identity_chaining_requested_token_types_supported:
    supportsGrantType('TOKEN_EXCHANGE', service) && issuesIdJags(service)
      ? [idJagTokenType]
      : undefined,
})
