/** Lists issued credentials: what is known of them, and nothing that they say. */
import { z } from 'zod'
import { identifyClient } from '../../../clients/authenticate.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { statusNameOf } from '../../../oauth/vci/status-list.ts'
import { statusSettings } from '../../../oauth/vci/status-settings.ts'
import type { Store } from '../../../store/store.ts'
import { action, field } from '../../fields.ts'

const CredentialListRequest = z
  .object({
    subject: z.string().max(255).optional().describe('Unique identifier of the user.'),
    clientIdentifier: z.string().max(2_048).optional().describe('Number or alias of the client.'),
    credentialConfigurationId: z
      .string()
      .max(255)
      .optional()
      .describe('The configuration that the credentials were issued by.'),
    limit: z.int().min(1).max(1_000).default(100).describe('How many credentials are listed.'),
    cursor: z
      .string()
      .max(100)
      .optional()
      .describe('`nextCursor` of the page before, for the same selection.'),
  })
  .meta({ id: 'vci_credential_list_request' })

const milliseconds = z.int().optional()

const IssuedCredentialView = z
  .object({
    credentialId: z.string().describe('Identifier of the credential at this service.'),
    credentialConfigurationId: z.string().describe('The configuration that it was issued by.'),
    clientId: field.clientId,
    subject: field.subject,
    issuedAt: milliseconds.describe('When it was issued, in milliseconds since the epoch.'),
    expiresAt: milliseconds.describe(
      'When it expires, in milliseconds since the epoch; absent if it does not expire.',
    ),
    status: z.enum(['VALID', 'INVALID', 'SUSPENDED']).describe('Its status.'),
    statusUri: z.string().optional().describe('The URL of its status list.'),
    statusIdx: z.int().optional().describe('Its place in the status list.'),
    event: z
      .string()
      .optional()
      .describe('The last event that the wallet notified, OpenID4VCI §11.'),
    eventDescription: z.string().optional().describe('What the wallet said about the event.'),
    notifiedAt: milliseconds.describe(
      'When the wallet notified the event, in milliseconds since the epoch.',
    ),
  })
  .meta({ id: 'issued_credential' })

const CredentialListResponse = z
  .object({
    action: action('OK'),
    credentials: z.array(IssuedCredentialView).optional().describe('The credentials.'),
    nextCursor: z
      .string()
      .optional()
      .describe('The `cursor` of the next page; absent after the last credential.'),
  })
  .meta({ id: 'vci_credential_list_response' })

export const credentialList = defineEndpoint({
  operationId: 'vci_credential_list_api',
  method: 'post',
  path: '/api/{serviceId}/vci/credential/list',
  tag: 'Verifiable Credential Issuer',
  summary: 'List issued credentials',
  description:
    'Issued credentials of the service, of a user, of a client, or of both, with their status. ' +
    'Postern keeps no contents of credentials. Expired credentials leave the list after 30 days. ' +
    'A page can be shorter than `limit` although more follow.',
  right: 'use_service',
  body: CredentialListRequest,
  response: CredentialListResponse,
  results: { OK: { code: 'P131905', message: 'The credentials are listed.' } },
  async handle({ body }, context) {
    const { service, store } = context
    const { clientIdentifier, credentialConfigurationId: configurationId, cursor, limit } = body
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return { action: 'OK', credentials: [] }
    const clientId = found?.client.clientId
    const selection = { subject: body.subject || undefined, clientId, configurationId }
    const page = { after: cursor || undefined, limit }
    const { rows, next } = await store.issuedCredentials.walk(service.apiKey, selection, page)
    const settings = statusSettings(service)
    const credentials = rows.map((row) => describe(row, (list) => settings?.uriOf(list)))
    return { action: 'OK', credentials, nextCursor: next }
  },
})

type Row = NonNullable<Awaited<ReturnType<Store['issuedCredentials']['find']>>>

const describe = (row: Row, uriOf: (list: number) => string | undefined) => ({
  credentialId: row.credentialId,
  credentialConfigurationId: row.configurationId,
  clientId: row.issuedTo,
  subject: row.subject ?? undefined,
  issuedAt: row.issuedAt,
  expiresAt: row.validUntil ?? undefined,
  status: statusNameOf(row.status),
  statusUri: row.list === null ? undefined : uriOf(row.list),
  statusIdx: row.place ?? undefined,
  event: row.data.event,
  eventDescription: row.data.eventDescription,
  notifiedAt: row.data.notifiedAt,
})
