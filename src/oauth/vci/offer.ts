/** Credential offers, OpenID4VCI §4.1: their rules, and the document that a wallet reads. */
import type { z } from 'zod'
import type { GrantedCredential } from '../../model/credential/granted.ts'
import type { CredentialOffer } from '../../model/credential/offer.ts'
import type { CredentialOfferInfo } from '../../model/credential/offer-info.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { supportsGrantType } from '../grants/grant-type.ts'
import { credentialConfigurations, credentialIssuerOf } from './configuration.ts'

const rules = defineRules('Credential offer', {
  issuerMissing: {
    code: 'P122001',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message: 'The service has neither a credential issuer identifier nor an issuer.',
    fix: 'Set the issuer of the service, or the identifier of the credential issuer.',
    settings: ['service.issuer', 'service.credentialIssuerMetadata'],
  },
  configurations: {
    code: 'P122002',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message:
      'The credentialConfigurationIds must be 1 to 50 different configurations of the service.',
    fix: 'Name 1 to 50 credential configurations of the issuer metadata, each once.',
    settings: ['service.credentialIssuerMetadata'],
  },
  grantMissing: {
    code: 'P122003',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message:
      'The offer must include the authorization code grant or the pre-authorized code grant.',
    fix: 'Set `authorizationCodeGrantIncluded` or `preAuthorizedCodeGrantIncluded` to true.',
  },
  grantUnsupported: {
    code: 'P122004',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message: 'The service does not support a grant type that the offer includes.',
    fix: 'Add AUTHORIZATION_CODE or PRE_AUTHORIZED_CODE to the grant types of the service, as the offer needs.',
    settings: ['service.supportedGrantTypes'],
  },
  stateWithoutGrant: {
    code: 'P122005',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message: 'An issuer state requires the authorization code grant in the offer.',
    fix: 'Set `authorizationCodeGrantIncluded` to true, or omit `issuerStateIncluded`.',
  },
  subjectMissing: {
    code: 'P122006',
    error: 'invalid_request',
    spec: 'OpenID4VCI §3.5',
    message: 'The subject is required for an offer with a pre-authorized code.',
    fix: 'Pass the `subject` of the user to whom the credentials are offered.',
  },
  transactionCode: {
    code: 'P122007',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message:
      'The txCode must have 4 to 64 characters: digits only, or printable characters if txCodeInputMode is text.',
    fix: 'Pass a `txCode` of 4 to 64 digits, or set `txCodeInputMode` to `text` for other characters.',
  },
  inputMode: {
    code: 'P122008',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message: 'The txCodeInputMode must be numeric or text.',
    fix: 'Set `txCodeInputMode` to `numeric` or `text`, or omit it.',
  },
  description: {
    code: 'P122009',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message: 'The txCodeDescription must have at most 300 characters.',
    fix: 'Shorten `txCodeDescription` to 300 characters.',
  },
  duration: {
    code: 'P122010',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1',
    message: 'The duration of an offer must be at most 30 days.',
    fix: 'Pass a `duration` of at most 2592000 seconds.',
    settings: ['service.credentialOfferDuration'],
  },
  lengthMissing: {
    code: 'P122011',
    error: 'invalid_request',
    spec: 'OpenID4VCI §4.1.1',
    message: 'A generated transaction code requires a userPinLength of 4 to 64 of the service.',
    fix: 'Set the length of generated transaction codes to 4 to 64, or pass the `txCode` itself.',
    settings: ['service.userPinLength'],
  },
})

const preAuthorizedCode = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
const longestSeconds = 30 * 86_400
const defaultSeconds = 86_400

/** What the caller asks for. */
export interface OfferToCreate {
  credentialConfigurationIds?: readonly string[] | undefined
  authorizationCodeGrantIncluded?: boolean | undefined
  issuerStateIncluded?: boolean | undefined
  preAuthorizedCodeGrantIncluded?: boolean | undefined
  subject?: string | undefined
  duration?: number | undefined
}

/** OpenID4VCI §4.1.1: known configurations, and grants that the service supports. */
export function requireOffer(service: Service, asked: OfferToCreate): void {
  const { credentialConfigurationIds: ids = [], subject } = asked
  const { authorizationCodeGrantIncluded: byCode, preAuthorizedCodeGrantIncluded: isOpen } = asked
  if (credentialIssuerOf(service) === '') refuse(rules.issuerMissing)
  const known = credentialConfigurations(service)
  const isDistinct = new Set(ids).size === ids.length
  const isKnown =
    ids.length > 0 && ids.length <= 50 && isDistinct && ids.every((id) => known.has(id))
  if (!isKnown) refuse(rules.configurations)
  if (asked.issuerStateIncluded && !byCode) refuse(rules.stateWithoutGrant)
  if (!byCode && !isOpen) refuse(rules.grantMissing)
  const isSupported =
    (!byCode || supportsGrantType('AUTHORIZATION_CODE', service)) &&
    (!isOpen || supportsGrantType('PRE_AUTHORIZED_CODE', service))
  if (!isSupported) refuse(rules.grantUnsupported)
  if (isOpen && !subject) refuse(rules.subjectMissing)
}

/** Seconds until an offer expires. */
export function offerSeconds(service: Service, asked: number | undefined): number {
  if ((asked ?? 0) > longestSeconds) refuse(rules.duration)
  return asked || service.credentialOfferDuration || defaultSeconds
}

export interface TransactionCode {
  txCode: string
  txCodeInputMode?: 'numeric' | 'text' | undefined
  txCodeDescription?: string | undefined
}

/** The code is drawn by `draw` if the caller wants a generated one. */
export function transactionCode(
  service: Service,
  asked: {
    txCode?: string | undefined
    txCodeGenerated?: boolean | undefined
    txCodeInputMode?: string | undefined
    txCodeDescription?: string | undefined
  },
  draw: (length: number) => string,
): TransactionCode | undefined {
  const { txCodeInputMode: mode = '', txCodeDescription: description = '' } = asked
  const isGenerated = !asked.txCode && asked.txCodeGenerated === true
  const { userPinLength: length } = service
  if (isGenerated && (length < 4 || length > 64)) refuse(rules.lengthMissing)
  const txCode = isGenerated ? draw(length) : asked.txCode
  if (!txCode) return undefined
  if (mode !== '' && mode !== 'numeric' && mode !== 'text') refuse(rules.inputMode)
  const allowed = mode === 'text' ? /^[\x20-\x7e]{4,64}$/ : /^\d{4,64}$/
  if (!allowed.test(txCode)) refuse(rules.transactionCode)
  if (description.length > 300) refuse(rules.description)
  return {
    txCode,
    ...(mode === '' ? {} : { txCodeInputMode: mode }),
    ...(description === '' ? {} : { txCodeDescription: description }),
  }
}

/** The document that a wallet gets, OpenID4VCI §4.1.1. */
export function offerDocument(service: Service, offer: CredentialOffer): string {
  const { issuerState, txCode, txCodeInputMode, txCodeDescription } = offer
  const server = authorizationServer(service)
  const grants = {
    ...(offer.authorizationCodeGrantIncluded
      ? { authorization_code: { issuer_state: issuerState, ...server } }
      : {}),
    ...(offer.preAuthorizedCode === undefined
      ? {}
      : {
          [preAuthorizedCode]: {
            'pre-authorized_code': offer.preAuthorizedCode,
            ...(txCode === undefined
              ? {}
              : {
                  tx_code: {
                    input_mode: txCodeInputMode,
                    length: txCode.length,
                    description: txCodeDescription,
                  },
                }),
            ...server,
          },
        }),
  }
  return JSON.stringify({
    credential_issuer: credentialIssuerOf(service),
    credential_configuration_ids: offer.credentialConfigurationIds,
    grants,
  })
}

/** Only an issuer with several authorization servers names one of them. */
function authorizationServer({ credentialIssuerMetadata, issuer }: Service) {
  const servers = credentialIssuerMetadata?.authorizationServers ?? []
  return servers.length > 1 && issuer !== undefined && servers.includes(issuer)
    ? { authorization_server: issuer }
    : {}
}

type Info = z.input<typeof CredentialOfferInfo>

/** All of an offer, for the caller that creates it or serves it. */
export const offerInfo = (service: Service, offer: CredentialOffer): Info => ({
  ...offerWithoutSecrets(service, offer),
  credentialOffer: offerDocument(service, offer),
  preAuthorizedCode: offer.preAuthorizedCode,
  txCode: offer.txCode,
})

/** What the authorization endpoint tells of an offer: its codes are for the wallet alone. */
export const offerWithoutSecrets = (service: Service, offer: CredentialOffer): Info => ({
  identifier: offer.identifier,
  credentialIssuer: credentialIssuerOf(service),
  authorizationCodeGrantIncluded: offer.authorizationCodeGrantIncluded,
  issuerStateIncluded: offer.issuerState !== undefined,
  issuerState: offer.issuerState,
  preAuthorizedCodeGrantIncluded: offer.preAuthorizedCode !== undefined,
  subject: offer.subject,
  expiresAt: offer.expiresAt,
  context: offer.context,
  properties: offer.properties,
  jwtAtClaims: offer.jwtAtClaims,
  ...(offer.authTime === undefined ? {} : { authTime: offer.authTime }),
  acr: offer.acr,
  credentialConfigurationIds: offer.credentialConfigurationIds,
  txCodeInputMode: offer.txCodeInputMode,
  txCodeDescription: offer.txCodeDescription,
})

/** A row is of use until it expires or is redeemed; a reusable issuer state until it expires. */
export function isUsable(
  row: { expiresAt: number; redeemedAt: number | null },
  offer: CredentialOffer,
  now: number,
): boolean {
  const isOpen = row.redeemedAt === null || (offer.reusable && offer.issuerState !== undefined)
  return row.expiresAt > now && isOpen
}

/** What the tokens of an offer may obtain, where the service still has the configuration. */
export function offeredCredentials(service: Service, offer: CredentialOffer): GrantedCredential[] {
  const known = credentialConfigurations(service)
  return offer.credentials.filter(({ configurationId }) => known.has(configurationId))
}
