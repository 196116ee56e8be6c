/** Shows a credential offer, for the frontend that serves it by its URL: OpenID4VCI §4.1.3. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { tokenHash } from '../../../oauth/tokens/access-token.ts'
import { isUsable, offerInfo } from '../../../oauth/vci/offer.ts'
import { requireCredentialIssuer } from '../../../oauth/vci/presentation.ts'
import { action } from '../../fields.ts'
import { about, offerInfoMember, refusedOffer } from './offer-schemas.ts'

const OfferInfoRequest = z
  .object({
    identifier: z.string().min(1).max(1_000).describe('Identifier of the credential offer.'),
  })
  .meta({ id: 'vci_offer_info_request' })

const OfferInfoResponse = z
  .object({
    action: action('OK', 'FORBIDDEN', 'NOT_FOUND', 'CALLER_ERROR', 'AUTHLETE_ERROR'),
    info: offerInfoMember,
  })
  .meta({ id: 'vci_offer_info_response' })

export const offerInformation = defineEndpoint({
  ...about,
  operationId: 'vci_offer_info_api',
  method: 'post',
  path: '/api/{serviceId}/vci/offer/info',
  summary: 'Get a credential offer',
  description:
    'Returns an offer that has neither expired nor been redeemed. `info.credentialOffer` is the ' +
    'response to a wallet that reads the offer by its URL, and nothing else of `info` is.',
  right: 'use_service',
  body: OfferInfoRequest,
  form: true,
  response: OfferInfoResponse,
  results: {
    OK: { code: 'P122902', message: 'The credential offer is known.' },
    NOT_FOUND: {
      code: 'P122903',
      message: 'The credential offer is unknown, expired or redeemed.',
    },
  },
  async handle({ body }, context) {
    const { service, store, now } = context
    requireCredentialIssuer(service)
    const row = await store.credentialOffers.find(service.apiKey, tokenHash(body.identifier))
    if (!row) return { action: 'NOT_FOUND' }
    const offer = store.credentialOffers.open(row)
    if (!isUsable(row, offer, now)) return { action: 'NOT_FOUND' }
    return { action: 'OK', info: offerInfo(service, offer) }
  },
  refuse: refusedOffer,
})
