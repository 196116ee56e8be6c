/** Members of the calls for receivers of security events. */
import { z } from 'zod'
import { type ClientTexts, presentedTexts } from '../../http/client-text.ts'
import { field } from '../fields.ts'

/** What every call for a receiver has. */
export const presentedFields = {
  accessToken: z
    .string()
    .max(65_536)
    .optional()
    .describe('The access token that the receiver presented.'),
  clientCertificate: z
    .string()
    .max(65_536)
    .optional()
    .describe('The certificate of the mutual TLS connection, in PEM.'),
  dpop: z.string().max(65_536).optional().describe('The DPoP header of the request.'),
  htm: z.string().max(255).optional().describe('HTTP method of the request.'),
  htu: z.string().max(8_192).optional().describe('URL of the request, without query.'),
  dpopNonceRequired: field.dpopNonceRequired,
}

export const streamId = z
  .string()
  .max(1_024)
  .optional()
  .describe('The parameter `stream_id` of the query of the request.')

export const requestContent = z
  .string()
  .max(65_536)
  .optional()
  .describe('The body of the request, as it came in.')

export const SubjectCall = z
  .object({ ...presentedFields, requestContent })
  .meta({ id: 'ssf_subject_request' })

/** Texts that the caller only passes on. */
export const receiverTexts: ClientTexts = {
  ...presentedTexts,
  streamId: 'request',
  requestContent: 'request',
}

/** The actions of refusals at the endpoints of receivers. */
export const refusedActions = ['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND'] as const
