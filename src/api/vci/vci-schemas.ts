/** Members that the operations of the endpoints of a credential issuer share. */
import { z } from 'zod'
import type { ClientTexts } from '../../http/client-text.ts'
import { field } from '../fields.ts'

/** The request of a wallet, with what proves that it may use the token. */
export const walletRequestMembers = {
  accessToken: z.string().optional().describe('The access token of the request.'),
  requestContent: z
    .string()
    .optional()
    .describe('The body of the request as it was received: JSON, or a JWE.'),
  dpop: field.dpop,
  htm: field.htm,
  htu: field.htu,
  clientCertificate: field.clientCertificate,
  dpopNonceRequired: field.dpopNonceRequired,
}

/** The text of wallets in these members. */
export const walletTexts: ClientTexts = {
  accessToken: 'token',
  requestContent: 'request',
  dpop: 'request',
  htu: 'request',
  clientCertificate: 'request',
}

/** How the operations that check a request say which sender they check. */
export const senderNote =
  'The sender of the token is checked if the call has `dpop`, `htm`, `htu` or `clientCertificate`; ' +
  'otherwise the caller checks it by introspection.'
