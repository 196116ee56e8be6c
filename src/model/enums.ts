/** The closed enumerations of this API, with the values of the wire format. */
import { z } from 'zod'

export const ApplicationType = z.enum(['WEB', 'NATIVE']).meta({ id: 'application_type' })

export const ClaimType = z.enum(['NORMAL', 'AGGREGATED', 'DISTRIBUTED']).meta({ id: 'claim_type' })

export const ClientAuthMethod = z
  .enum([
    'NONE',
    'CLIENT_SECRET_BASIC',
    'CLIENT_SECRET_POST',
    'CLIENT_SECRET_JWT',
    'PRIVATE_KEY_JWT',
    'TLS_CLIENT_AUTH',
    'SELF_SIGNED_TLS_CLIENT_AUTH',
    'ATTEST_JWT_CLIENT_AUTH',
    'SPIFFE_JWT',
  ])
  .meta({ id: 'client_auth_method' })
export type ClientAuthMethod = z.output<typeof ClientAuthMethod>

export const DeliveryMode = z.enum(['PING', 'POLL', 'PUSH']).meta({ id: 'delivery_mode' })
export type DeliveryMode = z.output<typeof DeliveryMode>

export const Display = z.enum(['PAGE', 'POPUP', 'TOUCH', 'WAP']).meta({ id: 'display' })

export const GrantType = z
  .enum([
    'AUTHORIZATION_CODE',
    'IMPLICIT',
    'PASSWORD',
    'CLIENT_CREDENTIALS',
    'REFRESH_TOKEN',
    'CIBA',
    'DEVICE_CODE',
    'TOKEN_EXCHANGE',
    'JWT_BEARER',
    'PRE_AUTHORIZED_CODE',
  ])
  .meta({ id: 'grant_type' })
export type GrantType = z.output<typeof GrantType>

export const JweAlg = z
  .enum([
    'RSA1_5',
    'RSA_OAEP',
    'RSA_OAEP_256',
    'A128KW',
    'A192KW',
    'A256KW',
    'DIR',
    'ECDH_ES',
    'ECDH_ES_A128KW',
    'ECDH_ES_A192KW',
    'ECDH_ES_A256KW',
    'A128GCMKW',
    'A192GCMKW',
    'A256GCMKW',
    'PBES2_HS256_A128KW',
    'PBES2_HS384_A192KW',
    'PBES2_HS512_A256KW',
  ])
  .meta({ id: 'jwe_alg' })

export const JweEnc = z
  .enum(['A128CBC_HS256', 'A192CBC_HS384', 'A256CBC_HS512', 'A128GCM', 'A192GCM', 'A256GCM'])
  .meta({ id: 'jwe_enc' })

export const JwsAlg = z
  .enum([
    'NONE',
    'HS256',
    'HS384',
    'HS512',
    'RS256',
    'RS384',
    'RS512',
    'ES256',
    'ES384',
    'ES512',
    'PS256',
    'PS384',
    'PS512',
    'ES256K',
    'EdDSA',
  ])
  .meta({ id: 'jws_alg' })
export type JwsAlg = z.output<typeof JwsAlg>

export const Prompt = z
  .enum(['NONE', 'LOGIN', 'CONSENT', 'SELECT_ACCOUNT', 'CREATE'])
  .meta({ id: 'prompt' })
export type Prompt = z.output<typeof Prompt>

export const ResponseType = z
  .enum([
    'NONE',
    'CODE',
    'TOKEN',
    'ID_TOKEN',
    'CODE_TOKEN',
    'CODE_ID_TOKEN',
    'ID_TOKEN_TOKEN',
    'CODE_ID_TOKEN_TOKEN',
  ])
  .meta({ id: 'response_type' })
export type ResponseType = z.output<typeof ResponseType>

export const ServiceProfile = z.enum(['FAPI', 'OPEN_BANKING']).meta({ id: 'service_profile' })

export const Sns = z.enum(['FACEBOOK']).meta({ id: 'sns' })

export const SubjectType = z.enum(['PUBLIC', 'PAIRWISE']).meta({ id: 'subject_type' })

export const UserCodeCharset = z.enum(['BASE20', 'NUMERIC']).meta({ id: 'user_code_charset' })

export const VerifiedClaimsValidationSchema = z
  .enum(['standard', 'standard+id_document'])
  .meta({ id: 'verified_claims_validation_schema' })

export const AttachmentType = z.enum(['EMBEDDED', 'EXTERNAL']).meta({ id: 'attachment_type' })

export const ClientRegistrationType = z
  .enum(['AUTOMATIC', 'EXPLICIT'])
  .meta({ id: 'client_registration_type' })

export const FapiMode = z
  .enum([
    'FAPI1_ADVANCED',
    'FAPI1_BASELINE',
    'FAPI2_MESSAGE_SIGNING_AUTH_REQ',
    'FAPI2_MESSAGE_SIGNING_AUTH_RES',
    'FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES',
    'FAPI2_MESSAGE_SIGNING_RESOURCE_REQ',
    'FAPI2_MESSAGE_SIGNING_RESOURCE_RES',
    'FAPI2_SECURITY',
  ])
  .meta({ id: 'fapi_mode' })
export type FapiMode = z.output<typeof FapiMode>

export const ClientType = z.enum(['PUBLIC', 'CONFIDENTIAL']).meta({ id: 'client_type' })

export const GrantManagementAction = z
  .enum(['CREATE', 'QUERY', 'REPLACE', 'REVOKE', 'MERGE'])
  .meta({ id: 'grant_management_action' })

export const TokenType = z
  .enum([
    'JWT',
    'ACCESS_TOKEN',
    'REFRESH_TOKEN',
    'ID_TOKEN',
    'SAML1',
    'SAML2',
    'DEVICE_SECRET',
    'DEVICE_CODE',
    'TOKEN_EXCHANGE',
    'JWT_BEARER',
  ])
  .meta({ id: 'token_type' })
export type TokenType = z.output<typeof TokenType>

export const ResponseMode = z.enum([
  'QUERY',
  'FRAGMENT',
  'FORM_POST',
  'JWT',
  'QUERY_JWT',
  'FRAGMENT_JWT',
  'FORM_POST_JWT',
])

/** Response modes as requests write them; `jwt` stands for one of these. */
export const WireResponseMode = z.enum([
  'query',
  'fragment',
  'form_post',
  'query.jwt',
  'fragment.jwt',
  'form_post.jwt',
])

export const ClientSource = z.enum([
  'DYNAMIC_REGISTRATION',
  'AUTOMATIC_REGISTRATION',
  'EXPLICIT_REGISTRATION',
  'METADATA_DOCUMENT',
  'STATIC_REGISTRATION',
])

export type JweAlg = z.output<typeof JweAlg>

export type JweEnc = z.output<typeof JweEnc>
