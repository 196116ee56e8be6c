/** The members of a metadata document: without defaults, with the service's own additions. */
import { inexactNumber } from '../../model/exact-json.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'

/** Leaves out members that are empty or have their default value, and adds the service's own. */
export function statedMetadata(
  members: Record<string, unknown>,
  service: Service,
): Record<string, unknown> {
  const own = Object.entries(withValues(members)).filter(([name, value]) => !isDefault(name, value))
  const stated = Object.fromEntries(own)
  const added = Object.entries(withValues(additionalMetadata(service)))
  const isFact = (name: string) => facts.test(name) && Object.hasOwn(stated, name)
  return { ...stated, ...Object.fromEntries(added.filter(([name]) => !isFact(name))) }
}

const withValues = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  )

/** RFC 8414 §2: members about issuer and signatures, which a service's additions cannot change. */
const facts = /^issuer$|^(signed_)?jwks_uri$|_signing_alg_values_supported$/

/**
 * The defaults of absent members: RFC 8414, RFC 8705, RFC 9101, RFC 9126, RFC 9207, OpenID Connect
 * Discovery, front- and back-channel logout, CIBA and Grant Management.
 */
const defaults: Record<string, boolean> = {
  authorization_response_iss_parameter_supported: false,
  backchannel_logout_session_supported: false,
  backchannel_logout_supported: false,
  backchannel_user_code_parameter_supported: false,
  frontchannel_logout_session_supported: false,
  frontchannel_logout_supported: false,
  grant_management_action_required: false,
  request_uri_parameter_supported: true,
  require_pushed_authorization_requests: false,
  require_signed_request_object: false,
  tls_client_certificate_bound_access_tokens: false,
}

const isDefault = (name: string, value: unknown) =>
  Object.hasOwn(defaults, name) && defaults[name] === value

/** The service's own additions: JSON if the value is JSON, otherwise a string. */
function additionalMetadata(service: Service): Record<string, unknown> {
  const pairs = service.metadata ?? []
  return Object.fromEntries(pairs.map(({ key, value }) => [key, jsonOrText(value ?? '')]))
}

function jsonOrText(text: string): unknown {
  if (!/^[[{"]|^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return text
  // A version such as 1.10 stays a string: as a number it would lose a digit.
  if (/^[-\d]/.test(text) && inexactNumber(text) !== undefined) return text
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
