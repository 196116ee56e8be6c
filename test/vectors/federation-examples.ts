/** The examples of metadata policies in OpenID Federation: §6.1.5, and §A.2 of its appendix. */

export const relyingParty = {
  anchor: {
    grant_types: {
      default: ['authorization_code'],
      subset_of: ['authorization_code', 'refresh_token'],
      superset_of: ['authorization_code'],
    },
    token_endpoint_auth_method: {
      one_of: ['private_key_jwt', 'self_signed_tls_client_auth'],
      essential: true,
    },
    token_endpoint_auth_signing_alg: { one_of: ['PS256', 'ES256'] },
    subject_type: { value: 'pairwise' },
    contacts: { add: ['helpdesk@federation.example.org'] },
  },
  intermediate: {
    grant_types: { subset_of: ['authorization_code'] },
    token_endpoint_auth_method: { one_of: ['self_signed_tls_client_auth'] },
    contacts: { add: ['helpdesk@org.example.org'] },
  },
  merged: {
    grant_types: {
      default: ['authorization_code'],
      superset_of: ['authorization_code'],
      subset_of: ['authorization_code'],
    },
    token_endpoint_auth_method: { one_of: ['self_signed_tls_client_auth'], essential: true },
    token_endpoint_auth_signing_alg: { one_of: ['PS256', 'ES256'] },
    subject_type: { value: 'pairwise' },
    contacts: { add: ['helpdesk@federation.example.org', 'helpdesk@org.example.org'] },
  },
  published: {
    redirect_uris: ['https://rp.example.org/callback'],
    response_types: ['code'],
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    contacts: ['rp_admins@rp.example.org'],
  },
  /** What the intermediate adds to the metadata. */
  provided: {
    sector_identifier_uri: 'https://org.example.org/sector-ids.json',
    policy_uri: 'https://org.example.org/policy.html',
  },
  resolved: {
    redirect_uris: ['https://rp.example.org/callback'],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    subject_type: 'pairwise',
    sector_identifier_uri: 'https://org.example.org/sector-ids.json',
    policy_uri: 'https://org.example.org/policy.html',
    contacts: [
      'rp_admins@rp.example.org',
      'helpdesk@federation.example.org',
      'helpdesk@org.example.org',
    ],
  },
}

const unchanged = {
  issuer: 'https://op.umu.se',
  signed_jwks_uri: 'https://op.umu.se/jwks.jose',
  authorization_endpoint: 'https://op.umu.se/authorization',
  client_registration_types_supported: ['automatic', 'explicit'],
  request_parameter_supported: true,
  grant_types_supported: [
    'authorization_code',
    'implicit',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
  ],
  logo_uri: 'https://www.umu.se/img/umu-logo-left-neg-SE.svg',
  op_policy_uri: 'https://www.umu.se/en/website/legal-information/',
  response_types_supported: ['code', 'code id_token', 'token'],
  token_endpoint: 'https://op.umu.se/token',
  federation_registration_endpoint: 'https://op.umu.se/fedreg',
}

export const provider = {
  /** eduGAIN, SWAMID and the university. */
  superiors: [
    { contacts: { add: ['ops@edugain.geant.org'] } },
    {
      id_token_signing_alg_values_supported: { subset_of: ['RS256', 'ES256', 'ES384', 'ES512'] },
      token_endpoint_auth_methods_supported: {
        subset_of: ['client_secret_jwt', 'private_key_jwt'],
      },
      userinfo_signing_alg_values_supported: { subset_of: ['ES256', 'ES384', 'ES512'] },
    },
    {
      contacts: { add: ['ops@swamid.se'] },
      organization_name: { value: 'University of Umeå' },
      subject_types_supported: { value: ['pairwise'] },
      token_endpoint_auth_methods_supported: {
        default: ['private_key_jwt'],
        subset_of: ['private_key_jwt', 'client_secret_jwt'],
        superset_of: ['private_key_jwt'],
      },
    },
  ],
  published: {
    ...unchanged,
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    subject_types_supported: ['pairwise', 'public'],
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'client_secret_basic',
      'client_secret_jwt',
      'private_key_jwt',
    ],
  },
  resolved: {
    ...unchanged,
    contacts: ['ops@swamid.se', 'ops@edugain.geant.org'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    organization_name: 'University of Umeå',
    subject_types_supported: ['pairwise'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_jwt'],
  },
}
