/** The access token of a call for an endpoint of the credential issuer, OpenID4VCI §8. */
import type { ServiceContext } from '../context.ts'
import { grantedCredentials } from '../oauth/vci/granted.ts'
import {
  credentialError,
  requireCredentialIssuer,
  requireCredentialToken,
} from '../oauth/vci/presentation.ts'
import type { Refusal } from '../refusal.ts'
import { findPresentedToken } from '../tokens/presented.ts'
import { nonceAfter, requireSender, type Transport } from '../tokens/sender-constraint.ts'

/** What the caller passes on: the token, and optionally what proves possession of its key. */
interface PresentedToken
  extends Pick<Transport, 'dpop' | 'htm' | 'htu' | 'clientCertificate' | 'dpopNonceRequired'> {
  accessToken?: string | undefined
}

/**
 * The active token with its client, grant and subject, and what it may obtain. The sender is
 * checked if the call has any member about it; otherwise the caller has checked it before, by
 * introspection. `endpoint` is the URL that a DPoP proof names where the call names none.
 */
export async function findCredentialToken(
  context: ServiceContext,
  presented: PresentedToken,
  endpoint: string | undefined,
) {
  const { service } = context
  requireCredentialIssuer(service)
  const accessToken = requireCredentialToken(presented.accessToken)
  const found = await findPresentedToken(context, accessToken)
  if (tellsSender(presented)) {
    const target = { htm: 'POST', htu: endpoint, accessToken }
    await requireSender(context, found.grant, presented, target)
  }
  return { ...found, grantedCredentials: grantedCredentials(service, found.grant) }
}

const tellsSender = ({ dpop, htm, htu, clientCertificate }: PresentedToken): boolean =>
  [dpop, htm, htu, clientCertificate].some((each) => each !== undefined)

/** The response to a refused request of a wallet, with a nonce if its DPoP proof lacked one. */
export const refuseCredential = ({ rule }: Refusal, context: ServiceContext) => ({
  ...credentialError(rule, context.service),
  ...nonceAfter(context, rule.error),
})
