/** Schemas that the operations of credential offers share. */
import { CredentialOfferInfo } from '../../../model/credential/offer-info.ts'
import type { Refusal } from '../../../refusal.ts'

export const offerInfoMember = CredentialOfferInfo.optional().describe(
  'The offer. Only its `credentialOffer` is for the wallet: the rest has secrets.',
)

export const refusedOffer = ({ rule }: Refusal): { action: 'FORBIDDEN' | 'CALLER_ERROR' } => ({
  action: rule.error === 'access_denied' ? 'FORBIDDEN' : 'CALLER_ERROR',
})

export const about = { tag: 'Verifiable Credential Issuer' } as const
