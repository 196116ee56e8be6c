/** Checks of the settings of a service. */
import { inexactNumber } from '../../model/exact-json.ts'
import {
  type KeyIdProperty,
  keyIdProperties,
  keyIdSets,
  keySetProperties,
} from '../../model/keys/standing.ts'
import type { Scope } from '../../model/service/scope.ts'
import type { ServiceDocument } from '../../model/service/service.ts'
import { attributeProblem } from '../attribute.ts'
import { claimPolicyProblem } from '../claims/policy.ts'
import { predefinedProblem } from '../claims/transformed-claims.ts'
import { verifiedByTerminator } from '../client-authentication/mutual-tls.ts'
import { policyProblem } from '../federation/metadata-policy.ts'
import { federationProblems, type Saving } from '../federation/service/settings.ts'
// The attributes of these files are checked here.
import '../federation/service/entity-configuration.ts'
import '../keys/timing.ts'
import '../logout/logout-settings.ts'
import '../logout/session-settings.ts'
import './outbound-tls.ts'
import { trustedIssuersProblem } from '../grants/trusted-issuers.ts'
import { compilePattern, isAffordable } from '../pattern.ts'
import { modesExclude } from '../policy.ts'
import { duplicateProblem, jsonProblem, type Problem, problemsOf } from '../property-problem.ts'
import { keySetProblem, parseKeys } from '../registration/key-set-rules.ts'
import { outsideProblem } from '../registration/outside-client.ts'
import { clientIdProblem } from '../registration/registration-settings.ts'
import { describedProblem } from '../resources/described.ts'
import { scopePatterns } from '../scope.ts'
import { signAlgProblem } from '../tokens/access-token-format.ts'
import { formerTokensProblem } from '../tokens/former/setting.ts'
import { isLoopbackHost, isSameOrigin } from '../uri.ts'
import { uriProblem } from '../uri-property.ts'
import { credentialProblems } from '../vci/settings.ts'
import { statusProblem } from '../vci/status-settings.ts'
import { profileProblem } from './profile.ts'

const uris = [
  'authorizationEndpoint',
  'tokenEndpoint',
  'revocationEndpoint',
  'introspectionEndpoint',
  'pushedAuthReqEndpoint',
  'jwksUri',
  'userInfoEndpoint',
  'registrationEndpoint',
  'registrationManagementEndpoint',
  'policyUri',
  'tosUri',
  'serviceDocumentation',
  'backchannelAuthenticationEndpoint',
  'deviceAuthorizationEndpoint',
  'deviceVerificationUri',
  'deviceVerificationUriComplete',
  'endSessionEndpoint',
  'checkSessionIframe',
  'grantManagementEndpoint',
  'challengeEndpoint',
  'credentialJwksUri',
  'signedJwksUri',
  'federationRegistrationEndpoint',
  'authenticationCallbackEndpoint',
  'developerAuthenticationCallbackEndpoint',
  'tokenBatchNotificationEndpoint',
] as const satisfies readonly (keyof ServiceDocument)[]

/** Pages may have a fragment; OAuth endpoints must not, RFC 6749 §3.1. */
const pages: readonly string[] = ['policyUri', 'tosUri', 'serviceDocumentation']

const keySets = ['jwks', 'federationJwks', 'credentialJwks'] as const

const predefinedClaims = 'predefinedTransformedClaims'

/** All problems of a service's settings, in the order of the checks; empty if there are none. */
export async function findServiceProblems(
  document: ServiceDocument,
  saving: Saving,
): Promise<Problem[]> {
  const ofKeySets = await Promise.all(
    keySets.map((name) => {
      const text = document[name]
      return text ? keySetProblem(name, text, { publicOnly: false }) : undefined
    }),
  )
  return problemsOf([
    issuerProblem(document.issuer),
    ...uris.map((name) => uriProblem(name, document[name], { fragment: pages.includes(name) })),
    iframeProblem(document),
    ...ofKeySets,
    ...keyIdProperties.map((name) => keyIdProblem(document, name)),
    jsonProblem(predefinedClaims, document[predefinedClaims]) ??
      predefinedProblem(predefinedClaims, document[predefinedClaims]),
    policyProblem('cimdMetadataPolicy', document.cimdMetadataPolicy),
    ...scopeProblems(document),
    claimPolicyProblem(document) ??
      describedProblem(document) ??
      attributeProblem('attributes', 'service', document) ??
      (await trustedIssuersProblem(document)) ??
      formerTokensProblem(document),
    statusProblem(document),
    signAlgProblem(document),
    metadataProblem(document),
    modesProblem(document),
    terminatorProblem(document),
    profileProblem(document),
    outsideProblem(document),
    clientIdProblem(document),
    ...(await credentialProblems(document)),
    ...(await federationProblems(document, saving)),
  ])
}

/**
 * RFC 8414 §2: https, without query and fragment. Loopback hosts may use http, for development.
 */
function issuerProblem(issuer: string | undefined): Problem | undefined {
  const problem = uriProblem('issuer', issuer, { query: false })
  if (problem || !issuer) return problem
  const url = new URL(issuer)
  return url.protocol === 'https:' || isLoopbackHost(url.hostname)
    ? undefined
    : { path: 'issuer', message: 'Expected a URI with the scheme https.' }
}

/** OIDC Session Management §3.3: clients compare the origin of messages with the issuer. */
function iframeProblem({ issuer, checkSessionIframe }: ServiceDocument): Problem | undefined {
  if (!issuer || !checkSessionIframe || isSameOrigin(issuer, checkSessionIframe)) return undefined
  return {
    path: 'checkSessionIframe',
    message:
      'The URL must have the origin of issuer: clients accept messages from that origin only.',
  }
}

function keyIdProblem(document: ServiceDocument, name: KeyIdProperty): Problem | undefined {
  const keyId = document[name]
  const text = document[keySetProperties[keyIdSets[name]]]
  // Without a federation it names nothing, and it may come from elsewhere.
  if (!keyId || !text || (name === 'federationSignatureKeyId' && !document.federationEnabled)) {
    return undefined
  }
  const { hsmEnabled, hsks = [] } = document
  const inModules = hsmEnabled ? hsks.filter(({ set }) => set === keyIdSets[name]) : []
  const known = [...(parseKeys(text) ?? []), ...inModules].some(({ kid }) => kid === keyId)
  return known ? undefined : { path: name, message: 'The key set has no key with this kid.' }
}

function scopeProblems({ supportedScopes = [] }: ServiceDocument): (Problem | undefined)[] {
  const path = 'supportedScopes'
  const malformed = supportedScopes.find(({ name }) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name))
  return [
    malformed && {
      path,
      message: 'A scope contains a character that is not allowed (RFC 6749 §3.3).',
    },
    patternProblem(supportedScopes),
    ...supportedScopes.map((scope) => attributeProblem(path, 'scope', scope)),
    duplicateProblem(
      path,
      supportedScopes.map(({ name }) => name),
    ),
  ]
}

/** Refuses settings that the security profile forbids, before tokens are signed with them. */
function modesProblem(document: ServiceDocument): Problem | undefined {
  const { fapiModes, haipVersion, accessTokenSignAlg } = document
  const path = 'fapiModes'
  if (modesExclude(fapiModes)) {
    return { path, message: 'FAPI 1.0 and FAPI 2.0 modes must not be combined.' }
  }
  const isStrict = haipVersion || fapiModes?.some((mode) => mode !== 'FAPI1_BASELINE')
  const isWeak = accessTokenSignAlg && !['PS256', 'ES256', 'EdDSA'].includes(accessTokenSignAlg)
  return isStrict && isWeak
    ? {
        path: 'accessTokenSignAlg',
        message: 'The algorithm is not allowed by FAPI: use PS256, ES256 or EdDSA.',
      }
    : undefined
}

/** Patterns of dynamic scopes must have RE2 syntax, and their cost is limited. */
function patternProblem(scopes: readonly Scope[]): Problem | undefined {
  const path = 'supportedScopes'
  if (!isAffordable(scopes.flatMap(scopePatterns))) {
    const message =
      'The attributes regex cost too much: use at most 50 patterns of 256 characters, ' +
      'with few and small repetitions.'
    return { path, message }
  }
  const isBad = (source: string) => compilePattern(source) === undefined
  const bad = scopes.find((scope) => scopePatterns(scope).some(isBad))
  return (
    bad && { path, message: `The attribute regex of ${bad.name} is not a pattern in RE2 syntax.` }
  )
}

/** The chains of client certificates are verified either here or by the TLS terminator. */
function terminatorProblem(document: ServiceDocument): Problem | undefined {
  if (!document.mutualTlsValidatePkiCertChain || !verifiedByTerminator.read(document)) {
    return undefined
  }
  const message = `${verifiedByTerminator.name} requires mutualTlsValidatePkiCertChain to be false.`
  return { path: 'attributes', message }
}

/** Additions to the discovery document must not contain numbers that JSON parsing would change. */
function metadataProblem({ metadata = [] }: ServiceDocument): Problem | undefined {
  const path = 'metadata'
  const number = metadata
    .filter(({ value = '' }) => /^[[{]/.test(value))
    .map(({ value = '' }) => inexactNumber(value))
    .find((token) => token !== undefined)
  return number === undefined
    ? undefined
    : { path, message: `The number ${number} would lose digits: use a string.` }
}
