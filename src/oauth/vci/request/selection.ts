/** The credential that a request names, among those that its token may obtain: OpenID4VCI §8.2. */
import type { GrantedCredential } from '../../../model/credential/granted.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { type CredentialConfiguration, credentialConfigurations } from '../configuration.ts'
import { type Members, textMember } from './content.ts'

const rules = defineRules('Requested credential', {
  draft: {
    code: 'P125009',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §8.2',
    message:
      'The parameter format is from a draft: a request of version 1.0 has credential_identifier or credential_configuration_id.',
    fix: 'Send `credential_identifier` or `credential_configuration_id` instead of `format`.',
  },
  notOne: {
    code: 'P125010',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §8.2',
    message:
      'A credential request must have exactly one of credential_identifier and credential_configuration_id.',
    fix: 'Send either `credential_identifier` or `credential_configuration_id`.',
  },
  unknownConfiguration: {
    code: 'P125011',
    error: 'unknown_credential_configuration',
    spec: 'OpenID4VCI §8.3.1.2',
    message: 'The credential issuer has no credential configuration with this identifier.',
    fix: 'Send a `credential_configuration_id` of the issuer metadata, or add the configuration there.',
    settings: ['service.credentialIssuerMetadata'],
  },
  unknownIdentifier: {
    code: 'P125012',
    error: 'unknown_credential_identifier',
    spec: 'OpenID4VCI §8.3.1.2',
    message: 'The token response had no such credential identifier.',
    fix: 'Send a `credential_identifier` of the token response.',
  },
  notGranted: {
    code: 'P125013',
    error: 'insufficient_scope',
    spec: 'OpenID4VCI §8.3.1.1',
    message: 'The access token does not allow to obtain this credential.',
    fix: 'Get an access token whose scope, details or offer include this credential.',
    settings: ['service.credentialIssuerMetadata'],
  },
  ambiguous: {
    code: 'P125014',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §8.2',
    message:
      'The token response had several identifiers for this configuration: use credential_identifier.',
    fix: 'Send one of the `credential_identifiers` of the token response.',
  },
  identifierRequired: {
    code: 'P125015',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §8.2',
    message:
      'The token response had credential identifiers: credential_configuration_id must not be used.',
    fix: 'Send a `credential_identifier` of the token response instead.',
    settings: ['service.haipVersion'],
  },
})

export interface Selection {
  configuration: CredentialConfiguration
  /** The dataset, if the request named one, or if the token has no other. */
  credentialIdentifier: string | undefined
}

interface Permitted {
  granted: readonly GrantedCredential[]
  /** Whether an identifier is used if, and only if, the token response had it. */
  strict: boolean
}

export function selectCredential(
  service: Service,
  members: Members,
  permitted: Permitted,
): Selection {
  const identifier = textMember(members, 'credential_identifier')
  const configurationId = textMember(members, 'credential_configuration_id')
  if (identifier === undefined && configurationId === undefined && 'format' in members) {
    refuse(rules.draft)
  }
  if ((identifier === undefined) === (configurationId === undefined)) refuse(rules.notOne)
  const configurations = credentialConfigurations(service)
  return identifier === undefined
    ? byConfiguration(configurations, configurationId ?? '', permitted)
    : byIdentifier(configurations, identifier, permitted)
}

type Configurations = ReturnType<typeof credentialConfigurations>

function byIdentifier(
  configurations: Configurations,
  identifier: string,
  { granted, strict }: Permitted,
): Selection {
  const found = granted.find(
    ({ identifiers, detailed }) => (detailed || !strict) && identifiers.includes(identifier),
  )
  const configuration = configurations.get(found?.configurationId ?? '')
  if (configuration) return { configuration, credentialIdentifier: identifier }
  // Without other datasets, a configuration has its own identifier for its only one.
  return refuse(configurations.has(identifier) ? rules.notGranted : rules.unknownIdentifier)
}

/**
 * OpenID4VCI §8.2: not allowed if the token response had identifiers. Wallets do it nevertheless,
 * and it does no harm where there is one dataset only.
 */
function byConfiguration(
  configurations: Configurations,
  configurationId: string,
  { granted, strict }: Permitted,
): Selection {
  const configuration =
    configurations.get(configurationId) ??
    refuse(rules.unknownConfiguration, {
      given: configurationId,
      expected: [...configurations.keys()],
    })
  const found =
    granted.find((each) => each.configurationId === configurationId) ?? refuse(rules.notGranted)
  const [only, ...others] = found.identifiers
  if (!found.detailed) {
    const isNamed = only !== configurationId && others.length === 0
    return { configuration, credentialIdentifier: isNamed ? only : undefined }
  }
  if (strict) refuse(rules.identifierRequired)
  if (others.length > 0) refuse(rules.ambiguous)
  return { configuration, credentialIdentifier: only }
}
