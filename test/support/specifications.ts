/** The specifications that the code cites, by the tag before the section. */
export const specifications: Record<string, string> = {
  'OIDC Core': 'https://openid.net/specs/openid-connect-core-1_0.html',
  'OIDC Registration': 'https://openid.net/specs/openid-connect-registration-1_0.html',
  'OIDC UAR': 'https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html',
  'OIDC Native SSO': 'https://openid.net/specs/openid-connect-native-sso-1_0.html',
  'OpenID Connect Discovery': 'https://openid.net/specs/openid-connect-discovery-1_0.html',
  'OpenID Connect for Identity Assurance':
    'https://openid.net/specs/openid-connect-4-identity-assurance-1_0.html',
  'OIDC ASC': 'https://openid.net/specs/openid-connect-advanced-syntax-for-claims-1_0.html',
  'Initiating User Registration': 'https://openid.net/specs/openid-connect-prompt-create-1_0.html',
  'OAuth 2.0 Multiple Response Types':
    'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html',
  'OAuth 2.0 Form Post Response Mode':
    'https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html',
  'OIDC Back-Channel Logout': 'https://openid.net/specs/openid-connect-backchannel-1_0.html',
  'OIDC RP-Initiated Logout': 'https://openid.net/specs/openid-connect-rpinitiated-1_0.html',
  'OIDC Front-Channel Logout': 'https://openid.net/specs/openid-connect-frontchannel-1_0.html',
  'OIDC Session Management': 'https://openid.net/specs/openid-connect-session-1_0.html',
  SSF: 'https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html',
  CAEP: 'https://openid.net/specs/openid-caep-1_0-final.html',
  'CAEP Interoperability': 'https://openid.net/specs/openid-caep-interoperability-profile-1_0.html',
  CIMD: 'https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/01/',
  JARM: 'https://openid.net/specs/oauth-v2-jarm.html',
  'FAPI 1.0 Baseline': 'https://openid.net/specs/openid-financial-api-part-1-1_0.html',
  'FAPI 1.0 Advanced': 'https://openid.net/specs/openid-financial-api-part-2-1_0.html',
  'FAPI 2.0 Message Signing': 'https://openid.net/specs/fapi-message-signing-2_0-final.html',
  CIBA: 'https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html',
  'FAPI-CIBA': 'https://openid.net/specs/openid-financial-api-ciba-ID1.html',
  'Client Attestation':
    'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-attestation-based-client-auth-07',
  'Identity Assertion Grant':
    'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-identity-assertion-authz-grant-04',
  'Transaction Tokens':
    'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-transaction-tokens-10',
  'SPIFFE Client Authentication':
    'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-spiffe-client-auth-01',
  'JWT-SVID': 'https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md',
  'SPIFFE-ID': 'https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md',
  'OpenID Federation': 'https://openid.net/specs/openid-federation-1_0.html',
  'OpenID4VCI 1.1':
    'https://openid.github.io/OpenID4VCI/openid-4-verifiable-credential-issuance-1_1-wg-draft.html',
  OpenID4VCI: 'https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html',
  HAIP: 'https://openid.net/specs/openid4vc-high-assurance-interoperability-profile-1_0.html',
  'SD-JWT VC': 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc-13',
  'Token Status List': 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-14',
  'ISO 18013-5': 'https://www.iso.org/standard/69084.html',
  'UserInfo VC': 'https://openid.net/specs/openid-connect-userinfo-vc-1_0.html',
  'PKCS #11': 'https://docs.oasis-open.org/pkcs11/pkcs11-base/v2.40/pkcs11-base-v2.40.html',
  'X.690': 'https://www.itu.int/rec/T-REC-X.690',
  'FAPI 2.0 Message Signing ID1': 'https://openid.net/specs/fapi-2_0-message-signing-ID1.html',
  'Grant Management': 'https://openid.net/specs/oauth-v2-grant-management.html',
  'FAPI 2.0': 'https://openid.net/specs/fapi-security-profile-2_0-final.html',
}

/** RFCs are known by their number. */
export const isKnown = (tag: string): boolean =>
  /^RFC \d{4}$/.test(tag) || Object.hasOwn(specifications, tag)
