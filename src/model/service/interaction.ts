/** Properties of flows in which the user decides on another device: CIBA, RFC 8628. */
import { z } from 'zod'
import { DeliveryMode, UserCodeCharset } from '../enums.ts'
import { Count, Uri } from '../primitives.ts'

export const interactionProperties = {
  backchannelAuthenticationEndpoint: Uri.optional()
    .describe(
      'The URL of the backchannel authentication endpoint, published in the discovery document (CIBA §4).',
    )
    .meta({ family: 'ciba' }),
  supportedBackchannelTokenDeliveryModes: z
    .array(DeliveryMode)
    .max(1000)
    .optional()
    .describe(
      'The CIBA delivery modes that the service supports. Without a list, CIBA is off (CIBA §5).',
    )
    .meta({ family: 'ciba' }),
  backchannelAuthReqIdDuration: Count.default(0)
    .describe(
      'The lifetime of an `auth_req_id` in seconds; 0 means 600. A `requested_expiry` can shorten it (CIBA §7.3).',
    )
    .meta({ family: 'ciba' }),
  backchannelPollingInterval: Count.default(0)
    .describe(
      'The minimum number of seconds between two polls of a CIBA client; 0 means 5 (CIBA §7.3).',
    )
    .meta({ family: 'ciba' }),
  backchannelUserCodeParameterSupported: z
    .boolean()
    .default(false)
    .describe(
      'Whether CIBA requests may contain a `user_code`. Clients with `bcUserCodeRequired` must then send it (CIBA §7.1).',
    )
    .meta({ family: 'ciba' }),
  backchannelBindingMessageRequiredInFapi: z
    .boolean()
    .default(false)
    .describe(
      'Whether a CIBA request under a FAPI profile must contain a `binding_message` (FAPI-CIBA §5.2.2).',
    )
    .meta({ family: 'ciba' }),
  deviceAuthorizationEndpoint: Uri.optional()
    .describe(
      'The URL of the device authorization endpoint, published in the discovery document (RFC 8628 §4).',
    )
    .meta({ family: 'device' }),
  deviceVerificationUri: Uri.optional()
    .describe(
      'The URL of the page on which users enter a user code. The device flow is refused without it (RFC 8628 §3.2).',
    )
    .meta({ family: 'device' }),
  deviceVerificationUriComplete: Uri.optional()
    .describe(
      'The URL of the same page with `USER_CODE` as the placeholder of the user code (RFC 8628 §3.2).',
    )
    .meta({ family: 'device' }),
  deviceFlowCodeDuration: Count.default(0)
    .describe('The lifetime of device and user codes in seconds; 0 means 600 (RFC 8628 §3.2).')
    .meta({ family: 'device' }),
  deviceFlowPollingInterval: Count.default(0)
    .describe(
      'The minimum number of seconds between two polls of a device; 0 means 5 (RFC 8628 §3.2).',
    )
    .meta({ family: 'device' }),
  userCodeCharset: UserCodeCharset.optional()
    .describe(
      'The characters of user codes: `BASE20` (20 consonants, also if absent) or `NUMERIC` (digits) (RFC 8628 §6.1).',
    )
    .meta({ family: 'device' }),
  userCodeLength: Count.default(0)
    .describe(
      'The length of a user code in characters; 0 means 8 for `BASE20` and 9 for `NUMERIC`. At most 255 are used (RFC 8628 §6.1).',
    )
    .meta({ family: 'device' }),
}
