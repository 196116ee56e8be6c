/** Creates a credential offer, OpenID4VCI §4.1. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { CredentialOffer } from '../../../model/credential/offer.ts'
import { clientDeleted } from '../../../oauth/client-authentication/method.ts'
import { tokenHash } from '../../../oauth/tokens/access-token.ts'
import { nameDatasets, withOwnDataset } from '../../../oauth/vci/datasets.ts'
import { offerInfo, offerSeconds, requireOffer, transactionCode } from '../../../oauth/vci/offer.ts'
import { requireCredentialIssuer } from '../../../oauth/vci/presentation.ts'
import { Refusal } from '../../../refusal.ts'
import { orRefuse } from '../../../store/engine.ts'
import type { Random } from '../../../system/random.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'
import { about, offerInfoMember, refusedOffer } from './offer-schemas.ts'

const OfferCreateRequest = z
  .object({
    authorizationCodeGrantIncluded: z
      .boolean()
      .optional()
      .describe('Whether the offer has an authorization code grant.'),
    issuerStateIncluded: z
      .boolean()
      .optional()
      .describe('Whether the authorization code grant has an issuer state.'),
    preAuthorizedCodeGrantIncluded: z
      .boolean()
      .optional()
      .describe('Whether the offer has a pre-authorized code.'),
    subject: z
      .string()
      .max(255)
      .optional()
      .describe('Unique identifier of the user; required for a pre-authorized code.'),
    duration: z
      .int()
      .nonnegative()
      .optional()
      .describe(
        'Lifetime of the offer in seconds, at most 30 days; `credentialOfferDuration` if absent or 0.',
      ),
    context: z
      .string()
      .max(65_536)
      .optional()
      .describe('Text to store with the offer, for the caller to read later.'),
    properties: given.properties,
    jwtAtClaims: field.jwtAtClaims,
    authTime: field.authTime,
    acr: field.acr,
    credentialConfigurationIds: z
      .array(z.string())
      .optional()
      .describe('Identifiers of the offered configurations, 1 to 50.'),
    txCode: z
      .string()
      .optional()
      .describe('The transaction code that the token request must contain; none if absent.'),
    txCodeInputMode: z
      .string()
      .optional()
      .describe(
        'The characters of the transaction code: `numeric` or `text`; `numeric` if absent.',
      ),
    txCodeDescription: z
      .string()
      .optional()
      .describe('Instructions for the user about the transaction code, at most 300 characters.'),
    txCodeGenerated: z
      .boolean()
      .optional()
      .describe(
        'True draws a transaction code of `userPinLength` characters, if the call has no `txCode`.',
      ),
    reusable: z
      .boolean()
      .optional()
      .describe('True lets the issuer state be used until the offer expires; else once.'),
    credentialIdentifiers: given.credentialIdentifiers,
  })
  .meta({ id: 'vci_offer_create_request' })

const OfferCreateResponse = z
  .object({
    action: action('CREATED', 'FORBIDDEN', 'CALLER_ERROR', 'AUTHLETE_ERROR'),
    info: offerInfoMember,
  })
  .meta({ id: 'vci_offer_create_response' })

type Body = z.output<typeof OfferCreateRequest>

export const offerCreate = defineEndpoint({
  ...about,
  operationId: 'vci_offer_create_api',
  method: 'post',
  path: '/api/{serviceId}/vci/offer/create',
  summary: 'Create a credential offer',
  description:
    'Stores an offer and returns it. `info.credentialOffer` is for the wallet: as a link, a QR code, ' +
    'or at a URL with `info.identifier`. The transaction code reaches the user in another way.',
  right: 'use_service',
  body: OfferCreateRequest,
  form: true,
  response: OfferCreateResponse,
  results: { CREATED: { code: 'P122901', message: 'The credential offer was created.' } },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    requireCredentialIssuer(service)
    requireOffer(service, body)
    const offer = newOffer(body, {
      ...secretsOf(body, system.random),
      ...(body.preAuthorizedCodeGrantIncluded
        ? transactionCode(service, body, drawing(system.random, body.txCodeInputMode))
        : {}),
      createdAt: now,
      expiresAt: now + offerSeconds(service, body.duration) * 1_000,
    })
    const { preAuthorizedCode, issuerState } = offer
    const write = store.credentialOffers.insert({
      serviceId: service.apiKey,
      identifierHash: tokenHash(offer.identifier),
      codeHash: preAuthorizedCode === undefined ? null : tokenHash(preAuthorizedCode),
      stateHash: issuerState === undefined ? null : tokenHash(issuerState),
      expiresAt: offer.expiresAt,
      offer,
    })
    await store.commit(orRefuse(write, new Refusal(clientDeleted)))
    return { action: 'CREATED', info: offerInfo(service, offer) }
  },
  refuse: refusedOffer,
})

const secretsOf = (body: Body, random: Random) => ({
  identifier: random.token(256),
  ...(body.issuerStateIncluded ? { issuerState: random.token(256) } : {}),
  ...(body.preAuthorizedCodeGrantIncluded ? { preAuthorizedCode: random.token(256) } : {}),
})

/** Digits, or letters and digits. */
const drawing = (random: Random, mode: string | undefined) => (length: number) =>
  mode === 'text'
    ? random.token(6 * length).slice(0, length)
    : Array.from({ length }, () => random.integer(10)).join('')

const newOffer = (body: Body, given: Partial<CredentialOffer>): CredentialOffer =>
  CredentialOffer.parse({
    credentialConfigurationIds: body.credentialConfigurationIds,
    authorizationCodeGrantIncluded: body.authorizationCodeGrantIncluded,
    subject: body.subject || undefined,
    context: body.context,
    properties: body.properties,
    jwtAtClaims: body.jwtAtClaims || undefined,
    authTime: body.authTime || undefined,
    acr: body.acr || undefined,
    reusable: body.reusable,
    credentials: nameDatasets(
      (body.credentialConfigurationIds ?? []).map((id) => withOwnDataset(id)),
      body.credentialIdentifiers,
    ),
    ...given,
  })
