/** What security profiles demand: FAPI 1.0, FAPI 2.0, HAIP, and OAuth 2.1. */

import { asymmetricAlgorithms, symmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { ClientAuthMethod, FapiMode, GrantType } from '../model/enums.ts'

export interface Policy {
  /** Allowed client authentication methods; undefined: the lists of the service apply. */
  clientAuthMethods: readonly ClientAuthMethod[] | undefined
  /** JWS algorithms that client and service may sign with; undefined: all. */
  algorithms: readonly string[] | undefined
  /** The `aud` of a client assertion is the issuer, as a single string. */
  issuerAudienceOnly: boolean
  /** Sender-constrained tokens are required: by mutual TLS, by DPoP, or by either. */
  senderConstraint: 'certificate' | 'any' | 'dpop' | undefined
  pkceRequired: boolean
  pkceS256Required: boolean
  parRequired: boolean
  requestObjectRequired: boolean
  /** Parameters outside the request object are used too, OIDC Core §6.1. */
  requestObjectMerged: boolean
  /** A request object has aud, exp and (with nbf) nbf, and is valid for at most an hour. */
  requestObjectDated: 'with nbf' | 'without nbf' | undefined
  /** Which responses are allowed: all, a code, or a code with an ID Token or in a JWT (JARM). */
  responses: 'any' | 'code' | 'code or detached'
  jarmRequired: boolean
  /** The request object contains the parameter scope. */
  scopeRequired: boolean
  /** The request contains a redirect_uri with the scheme https. */
  redirectUriRequired: boolean
  /** The request contains nonce or state, which detect injected and mixed-up responses. */
  nonceOrStateRequired: boolean
  issSuppressed: boolean
  codeSecondsLimit: number
  pushedSecondsLimit: number
  refreshTokenKept: boolean
  jwtIntrospectionRequired: boolean
  /** Grant types that are not allowed, even if the service lists them. */
  grantTypesExcluded: readonly GrantType[]
  /** Redirect URIs with the scheme http are allowed on the loopback interface only. */
  redirectUrisSafe: boolean
  /** Refresh tokens of public clients are rotated, unless they are bound to a key. */
  publicRefreshTokensRotated: boolean
  /** The parameter resource is required in a request that starts a grant, RFC 8707 §2. */
  resourceRequired: boolean
  /** The client_id may be the URL of a client metadata document. */
  metadataDocuments: boolean
  /** The client signs requests to protected resources, and the service signs the responses. */
  resourceRequestSigned: boolean
  resourceResponseSigned: boolean
  /** A FAPI mode is in force: FAPI-CIBA applies to backchannel requests. */
  financialGrade: boolean
  /** HAIP is in force: it has rules for attestations, identifiers and anonymous wallets. */
  highAssurance: boolean
}

type Profile = Partial<Policy>

const strongMethods = ['PRIVATE_KEY_JWT', 'TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH'] as const

/** FAPI 1.0 Baseline §5.2.2. */
const fapi1Baseline: Profile = {
  clientAuthMethods: ['NONE', 'CLIENT_SECRET_JWT', ...strongMethods],
  pkceRequired: true,
  pkceS256Required: true,
  redirectUriRequired: true,
  nonceOrStateRequired: true,
}

/** FAPI 1.0 Advanced §5.2.2 and §8.6; PKCE is required of pushed requests only. */
const fapi1Advanced: Profile = {
  clientAuthMethods: strongMethods,
  algorithms: ['PS256', 'ES256'],
  senderConstraint: 'certificate',
  requestObjectRequired: true,
  requestObjectMerged: false,
  requestObjectDated: 'with nbf',
  responses: 'code or detached',
  scopeRequired: true,
  redirectUriRequired: true,
  nonceOrStateRequired: true,
}

/** FAPI 2.0 §5.3.2 and §5.4.1. */
const fapi2: Profile = {
  clientAuthMethods: strongMethods,
  algorithms: ['PS256', 'ES256', 'EdDSA'],
  issuerAudienceOnly: true,
  senderConstraint: 'any',
  pkceRequired: true,
  pkceS256Required: true,
  parRequired: true,
  requestObjectMerged: false,
  responses: 'code',
  redirectUriRequired: true,
  issSuppressed: false,
  codeSecondsLimit: 60,
  pushedSecondsLimit: 599,
  refreshTokenKept: true,
}

/** FAPI 2.0 Message Signing §5.3 to §5.6: each adds one requirement to the security profile. */
export const fapiProfiles: Record<FapiMode, Profile> = {
  FAPI1_BASELINE: fapi1Baseline,
  FAPI1_ADVANCED: fapi1Advanced,
  FAPI2_SECURITY: fapi2,
  FAPI2_MESSAGE_SIGNING_AUTH_REQ: {
    ...fapi2,
    requestObjectRequired: true,
    requestObjectDated: 'with nbf',
  },
  FAPI2_MESSAGE_SIGNING_AUTH_RES: { ...fapi2, jarmRequired: true },
  FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES: { ...fapi2, jwtIntrospectionRequired: true },
  FAPI2_MESSAGE_SIGNING_RESOURCE_REQ: { ...fapi2, resourceRequestSigned: true },
  FAPI2_MESSAGE_SIGNING_RESOURCE_RES: { ...fapi2, resourceResponseSigned: true },
}

/**
 * HAIP §4: the security profile of FAPI 2.0, with DPoP only, and with wallets that an attestation
 * authenticates.
 */
export const highAssurance: Profile = {
  ...fapi2,
  clientAuthMethods: [...strongMethods, 'ATTEST_JWT_CLIENT_AUTH'],
  senderConstraint: 'dpop',
  highAssurance: true,
}

/** OAuth 2.1 and RFC 9700: the unsafe features are off for every client. */
const oauth21: Profile = {
  // All signature algorithms except `none`.
  algorithms: [...asymmetricAlgorithms, ...symmetricAlgorithms],
  pkceRequired: true,
  pkceS256Required: true,
  responses: 'code',
  issSuppressed: false,
  grantTypesExcluded: ['IMPLICIT', 'PASSWORD'],
  redirectUrisSafe: true,
  publicRefreshTokensRotated: true,
}

/** The authorization of the Model Context Protocol, revision 2025-11-25. */
const mcp20251125: Profile = { ...oauth21, resourceRequired: true, metadataDocuments: true }

/**
 * `fapi-2.0` also selects the mode FAPI2_SECURITY, in `modesOf`. `mcp` is the newest revision of
 * MCP.
 */
export const serviceProfiles = {
  'oauth-2.1': oauth21,
  'fapi-2.0': oauth21,
  'mcp-2025-11-25': mcp20251125,
  mcp: mcp20251125,
} as const satisfies Record<string, Profile>
