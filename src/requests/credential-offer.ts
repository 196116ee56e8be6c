/** Authorization requests that a credential offer began: `issuer_state`, OpenID4VCI §5.1.3. */
import type { ServiceContext } from '../context.ts'
import type { CredentialOffer } from '../model/credential/offer.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { isUsable, offeredCredentials } from '../oauth/vci/offer.ts'
import { defineRules, Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

const rules = defineRules('Issuer state', {
  used: {
    code: 'P123004',
    error: 'invalid_request',
    spec: 'OpenID4VCI §5.1.3',
    message: 'The credential offer of the issuer_state has expired, or was used since the request.',
    fix: 'Create a new offer, and let the wallet use its `issuer_state` before it expires.',
    settings: ['service.credentialOfferDuration'],
  },
})

/**
 * The offer of a request, and what its ticket keeps of it. A state that is unknown is ignored: it
 * may come from anywhere, and proves nothing.
 */
export async function offerOfRequest(
  state: string | undefined,
  { service, store, system, now }: ServiceContext,
): Promise<
  | { offer: CredentialOffer; kept: Pick<AuthorizationTicket, 'credentials' | 'offerHash'> }
  | undefined
> {
  if (state === undefined || !service.verifiableCredentialsEnabled) return undefined
  const row = await store.credentialOffers.findByState(service.apiKey, tokenHash(state))
  const offer = row && store.credentialOffers.open(row)
  if (!row || !offer || !isUsable(row, offer, now)) {
    system.log.debug({ serviceId: service.apiKey }, 'ignored an unknown issuer_state')
    return undefined
  }
  const credentials = offeredCredentials(service, offer)
  return { offer, kept: { credentials, offerHash: row.identifierHash } }
}

/**
 * The write that redeems the offer of a request, in the commit that completes it. An authorization
 * that the user gives up leaves the offer alone.
 */
export async function redeemOffer(
  { service, store, now }: ServiceContext,
  { offerHash }: AuthorizationTicket,
): Promise<Write[]> {
  if (offerHash === undefined) return []
  const serviceId = service.apiKey
  const row = await store.credentialOffers.find(serviceId, offerHash)
  const offer = row && store.credentialOffers.open(row)
  if (!row || !offer || !isUsable(row, offer, now)) refuse(rules.used)
  if (offer.reusable) return []
  const redeem = store.credentialOffers.redeem({ serviceId, identifierHash: offerHash, now })
  return [orRefuse(redeem, new Refusal(rules.used))]
}
