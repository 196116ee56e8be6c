/** Credentials of UserInfo by draft 00, which Ory Hydra has: settings and metadata. */
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { type AttributeForm, defineAttribute, oneOf } from '../attribute.ts'

const version = defineAttribute<'draft00' | undefined>({
  name: 'ext.userinfo_vc',
  of: 'service',
  form: oneOf('draft00'),
  fallback: undefined,
  effect:
    'Tokens with the scopes `openid` and `userinfo_credential_draft_00` may obtain a credential with ' +
    'claims of UserInfo: token responses have `c_nonce_draft_00`, the metadata have ' +
    '`credentials_supported_draft_00`, and `/userinfovc/parse` and `/userinfovc/issue` are enabled.',
  spec: 'UserInfo VC §5',
})

const url: AttributeForm<string | undefined> = {
  parse: (text) =>
    text.length <= 2_048 && isUrl(text) && /^https?:/.test(text) ? text : undefined,
  expected: 'a URL',
}

const endpoint = defineAttribute<string | undefined>({
  name: 'ext.userinfo_vc.endpoint',
  of: 'service',
  form: url,
  fallback: undefined,
  effect:
    'The URL of the endpoint for credentials of UserInfo: `credentials_endpoint_draft_00` of the ' +
    'metadata, and the expected URL of DPoP proofs.',
  spec: 'UserInfo VC §6',
})

const scope = 'userinfo_credential_draft_00'

/** The scopes of a token that may obtain the credential. */
export const credentialScopes: readonly string[] = ['openid', scope]

export const offersUserInfoCredentials = (service: Service): boolean =>
  version.read(service) !== undefined

export const userInfoCredentialEndpoint = (service: Service): string | undefined =>
  endpoint.read(service)

export const credentialFormat = 'jwt_vc_json'
export const credentialTypes = ['VerifiableCredential', 'UserInfoCredential'] as const

/** The members of the authorization server metadata, as Ory Hydra has them. */
export const userInfoCredentialMetadata = (service: Service): Record<string, unknown> =>
  offersUserInfoCredentials(service)
    ? {
        credentials_endpoint_draft_00: userInfoCredentialEndpoint(service),
        credentials_supported_draft_00: [
          {
            format: credentialFormat,
            types: credentialTypes,
            cryptographic_binding_methods_supported: ['jwk'],
            cryptographic_suites_supported: asymmetricAlgorithms,
          },
        ],
      }
    : {}
