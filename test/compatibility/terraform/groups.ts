/**
 * What Terraform is asked for, one group of attributes at a time: what a service or a client has
 * at first, what it is changed to next, and what is left at last, by default nothing.
 */

export interface Group {
  name: string
  first: string
  next: string
  last?: string
}

const generated = (kid: string, alg: string, more: string) =>
  `jwk {\n kid = "${kid}"\n alg = "${alg}"\n use = "sig"\n generate = true\n ${more}\n}`

/** The public key of RFC 7517 §A.1. */
const given = `jwk {\n kid = "given"\n alg = "ES256"\n use = "sig"\n kty = "EC"\n crv = "P-256"
 x = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
 y = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"\n}`

const tagged = (name: string, ...values: [tag: string, value: string][]) =>
  values.map(([tag, value]) => `${name} {\n tag = "${tag}"\n value = "${value}"\n}`).join('\n')

export const serviceGroups: Group[] = [
  {
    name: 'texts',
    first: 'description = "A shop"',
    next: 'description = "A store"\n policy_uri = "https://a.example/p"',
  },
  {
    name: 'attributes',
    first: 'attributes {\n key = "a"\n value = "1"\n}',
    next: 'attributes {\n key = "a"\n value = "2"\n}',
  },
  {
    name: 'scopes',
    first: 'supported_scopes {\n name = "read"\n description = "Read"\n default_entry = false\n}',
    next: `supported_scopes {\n name = "read"\n description = "Read all"\n default_entry = true
 attributes {\n key = "b"\n value = "1"\n }\n}
scope_required = true`,
  },
  {
    name: 'endpoints',
    first: `authorization_endpoint = "https://a.example/authorize"
token_endpoint = "https://a.example/token"
user_info_endpoint = "https://a.example/userinfo"`,
    next: `authorization_endpoint = "https://a.example/auth"
token_endpoint = "https://a.example/token"
revocation_endpoint = "https://a.example/revoke"
introspection_endpoint = "https://a.example/introspect"
supported_token_auth_methods = ["CLIENT_SECRET_BASIC", "PRIVATE_KEY_JWT"]
supported_revocation_auth_methods = ["CLIENT_SECRET_BASIC"]
supported_introspection_auth_methods = ["CLIENT_SECRET_POST"]`,
  },
  {
    name: 'PKCE',
    first: 'pkce_required = true',
    next: 'pkce_required = true\n pkce_s256_required = true',
  },
  {
    name: 'durations',
    first:
      'access_token_duration = 600\n refresh_token_duration = 7200\n refresh_token_kept = true',
    next: `access_token_duration = 900\n id_token_duration = 60\n allowable_clock_skew = 5
authorization_response_duration = 120`,
  },
  {
    name: 'pushed requests',
    first: `par_required = true
pushed_auth_req_endpoint = "https://a.example/par"
pushed_auth_req_duration = 60`,
    next: `pushed_auth_req_endpoint = "https://a.example/par"
pushed_auth_req_duration = 90
request_object_required = true
traditional_request_object_processing_applied = true
nbf_optional = true`,
  },
  {
    name: 'mutual TLS',
    first: `tls_client_certificate_bound_access_tokens = true
supported_token_auth_methods = ["TLS_CLIENT_AUTH"]`,
    next: `tls_client_certificate_bound_access_tokens = true
mtls_endpoint_aliases {\n name = "token_endpoint"\n uri = "https://mtls.a.example/token"\n}`,
  },
  {
    name: 'device flow',
    first: `device_flow_code_duration = 600
device_authorization_endpoint = "https://a.example/device"
device_verification_uri = "https://a.example/activate"
user_code_charset = "BASE20"
user_code_length = 8`,
    next: `device_flow_code_duration = 300
device_flow_polling_interval = 3
user_code_charset = "NUMERIC"
user_code_length = 9`,
  },
  {
    name: 'CIBA',
    first: `backchannel_authentication_endpoint = "https://a.example/ciba"
supported_backchannel_token_delivery_modes = ["POLL"]
backchannel_auth_req_id_duration = 120
backchannel_polling_interval = 5`,
    next: `backchannel_authentication_endpoint = "https://a.example/bc"
supported_backchannel_token_delivery_modes = ["POLL", "PING"]
backchannel_auth_req_id_duration = 60
backchannel_user_code_parameter_supported = true
backchannel_binding_message_required_in_fapi = true`,
  },
  {
    name: 'claims',
    first: `supported_claims = ["email", "name"]
supported_claim_types = ["NORMAL"]
supported_acrs = ["loa2"]`,
    next: `supported_claims = ["email", "given_name"]
supported_claim_locales = ["en", "de"]
supported_ui_locales = ["en"]
supported_displays = ["PAGE", "POPUP"]
claim_shortcut_restrictive = true`,
  },
  {
    name: 'keys',
    first: `${generated('one', 'ES256', 'crv = "P-256"')}
id_token_signature_key_id = "one"
access_token_sign_alg = "ES256"`,
    next: `${generated('two', 'RS256', 'key_size = 2048')}
${generated('three', 'ES256', 'crv = "P-256"')}
access_token_sign_alg = "RS256"
access_token_signature_key_id = "two"
id_token_signature_key_id = "three"
jwks_endpoint = "https://a.example/jwks"`,
  },
  {
    name: 'registration',
    first: `dynamic_registration_supported = true
registration_endpoint = "https://a.example/register"
dcr_scope_used_as_requestable = true`,
    next: `dynamic_registration_supported = true
registration_endpoint = "https://a.example/reg"
registration_management_endpoint = "https://a.example/reg/manage"
dcr_duplicate_software_id_blocked = true
supported_custom_client_metadata = ["tier"]`,
  },
  {
    name: 'token exchange',
    first: `token_exchange_by_identifiable_clients_only = true
jwt_grant_unsigned_jwt_rejected = true\n access_token_type = "Bearer"`,
    next: `token_exchange_by_confidential_clients_only = true
token_exchange_encrypted_jwt_rejected = true\n request_object_audience_checked = true
verified_claims_validation_schema_set = "standard"\n supported_attachments = ["EMBEDDED"]`,
  },
  {
    name: 'trust anchors',
    first: `organization_name = "A shop"
trust_anchors {\n entity_id = "https://anchor.example"\n ${given}\n}`,
    next: `organization_name = "A store"\n end_session_endpoint = "https://a.example/end"
signed_jwks_uri = "https://a.example/signed"`,
  },
  {
    name: 'profiles',
    first: 'supported_service_profiles = ["FAPI"]\n error_description_omitted = true',
    next: `supported_service_profiles = ["FAPI", "OPEN_BANKING"]
error_uri_omitted = true
iss_response_suppressed = true`,
  },
]

export const clientGroups: Group[] = [
  {
    name: 'texts',
    first: `description = "An app"\n client_name = "App"\n contacts = ["a@a.example"]
application_type = "NATIVE"\n subject_type = "PAIRWISE"`,
    next: `description = "An application"\n client_name = "App"
client_uri = "https://app.example"\n logo_uri = "https://app.example/logo.png"
policy_uri = "https://app.example/p"\n tos_uri = "https://app.example/t"`,
  },
  {
    name: 'languages',
    first: `client_name = "App"
${tagged('client_names', ['en', 'App'], ['de', 'Programm'])}
${tagged('descriptions', ['de', 'Ein Programm'])}`,
    next: `client_name = "App"
${tagged('client_names', ['en', 'Application'])}
${tagged('logo_uris', ['de', 'https://app.example/de.png'])}
${tagged('client_uris', ['de', 'https://app.example/de'])}
${tagged('policy_uris', ['de', 'https://app.example/de/p'])}
${tagged('tos_uris', ['de', 'https://app.example/de/t'])}`,
  },
  {
    name: 'authentication',
    first: 'token_auth_method = "CLIENT_SECRET_POST"\n client_secret = "a-secret-of-the-tests"',
    next: `token_auth_method = "TLS_CLIENT_AUTH"
tls_client_auth_subject_dn = "CN=app.example"
tls_client_certificate_bound_access_tokens = true`,
    // The method is kept where it is not set, and needs a name then.
    last: 'token_auth_method = "CLIENT_SECRET_BASIC"',
  },
  {
    name: 'keys',
    first: `token_auth_method = "PRIVATE_KEY_JWT"\n token_auth_sign_alg = "ES256"\n ${given}`,
    next: `token_auth_method = "PRIVATE_KEY_JWT"\n token_auth_sign_alg = "RS256"
${generated('one', 'RS256', 'key_size = 2048')}`,
    last: `token_auth_method = "PRIVATE_KEY_JWT"\n token_auth_sign_alg = "PS256"
jwks_uri = "https://app.example/jwks"`,
  },
  {
    name: 'algorithms',
    first: `id_token_sign_alg = "ES256"\n user_info_sign_alg = "ES256"
authorization_sign_alg = "ES256"\n jwks_uri = "https://app.example/jwks"`,
    next: `id_token_sign_alg = "PS256"\n id_token_encryption_alg = "ECDH_ES"
id_token_encryption_enc = "A128GCM"\n user_info_sign_alg = "PS256"
user_info_encryption_alg = "RSA_OAEP_256"\n user_info_encryption_enc = "A256GCM"
authorization_sign_alg = "PS256"\n jwks_uri = "https://app.example/jwks"`,
  },
  {
    name: 'requests',
    first: 'pkce_required = true\n par_required = true\n default_max_age = 300',
    next: `pkce_required = true\n pkce_s256_required = true
request_object_required = true\n request_sign_alg = "ES256"
request_uris = ["https://app.example/ro"]\n default_acrs = ["loa2"]
auth_time_required = true\n authorization_details_types = ["payment"]`,
  },
  {
    name: 'CIBA',
    first: 'bc_delivery_mode = "POLL"\n bc_request_sign_alg = "ES256"',
    next: `bc_delivery_mode = "PING"
bc_notification_endpoint = "https://app.example/ping"\n bc_user_code_required = true`,
  },
  {
    name: 'tokens',
    first: `client_id_alias = "app"\n client_id_alias_enabled = true
access_token_duration = 300\n refresh_token_duration = 3600
requestable_scopes_enabled = true\n requestable_scopes = ["openid"]
attributes {\n key = "a"\n value = "1"\n}
custom_metadata = "{\\"tier\\":\\"gold\\"}"`,
    next: `client_id_alias = "application"\n client_id_alias_enabled = true
access_token_duration = 600\n developer = "jane"
requestable_scopes_enabled = true\n requestable_scopes = ["openid", "read"]
single_access_token_per_subject = true\n dpop_required = true
software_id = "s1"\n software_version = "2"
attributes {\n key = "a"\n value = "2"\n}`,
  },
]

/** What each client needs of its service. */
export const serviceOfClients = `client_id_alias_enabled = true
attributes {\n key = "ext.mtls.chain_verified_by_terminator"\n value = "true"\n}
supported_scopes {\n name = "openid"\n default_entry = false\n}
supported_scopes {\n name = "read"\n default_entry = false\n}
supported_authorization_detail_types = ["payment"]
supported_acrs = ["loa2"]
supported_custom_client_metadata = ["tier"]
supported_backchannel_token_delivery_modes = ["POLL", "PING"]
backchannel_user_code_parameter_supported = true
supported_token_auth_methods = ["CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST",
 "PRIVATE_KEY_JWT", "TLS_CLIENT_AUTH"]`

/** An update that changes or removes one of these makes the provider (1.3.17) crash. */
export const crashes: Group[] = [
  'supported_trust_frameworks',
  'supported_evidence',
  'supported_documents',
  'supported_verification_methods',
  'supported_verified_claims',
  'authority_hints',
].map((name) => ({
  name,
  first: `${name} = ["https://a.example"]`,
  next: `${name} = ["https://b.example"]`,
}))
