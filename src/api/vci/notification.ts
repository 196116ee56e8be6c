/** The notification endpoint, OpenID4VCI §11: the wallet says what became of a credential. */
import { z } from 'zod'
import { findCredentialToken, refuseCredential } from '../../credentials/presented-token.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { credentialRelay, nothing } from '../../http/relay.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { parseNotification, requireOwn } from '../../oauth/vci/notification.ts'
import { nonceFor } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'
import { senderNote, walletRequestMembers, walletTexts } from './vci-schemas.ts'

const NotificationRequest = z.object(walletRequestMembers).meta({ id: 'vci_notification_request' })

const NotificationResponse = z
  .object({
    action: action(
      'NO_CONTENT',
      'BAD_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'INTERNAL_SERVER_ERROR',
    ),
    responseContent: field.clientResponse,
    event: z
      .string()
      .optional()
      .describe(
        'What happened: `credential_accepted`, `credential_failure` or `credential_deleted`.',
      ),
    eventDescription: z.string().optional().describe('What the wallet says about the event.'),
    notificationId: z.string().optional().describe('The `notification_id` of the request.'),
    repeated: z
      .boolean()
      .optional()
      .describe('Whether the wallet notified the same event before, so that nothing is new.'),
    credentialIds: z
      .array(z.string())
      .optional()
      .describe('Identifiers of the credentials, for `/vci/status/update`.'),
    credentialConfigurationId: z
      .string()
      .optional()
      .describe('The configuration that the credentials were issued by.'),
    clientId: field.clientId,
    subject: field.subject,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'vci_notification_response' })

export const notification = defineEndpoint({
  operationId: 'vci_notification_api',
  method: 'post',
  path: '/api/{serviceId}/vci/notification',
  tag: 'Verifiable Credential Issuer',
  summary: 'Process a notification of a wallet',
  description:
    'Records the event for the credentials of the response that had the `notification_id`. The ' +
    'same event again changes nothing; a different one replaces it. No event changes the status ' +
    'of a credential: `/vci/status/update` does. ' +
    senderNote,
  right: 'use_service',
  body: NotificationRequest,
  clientText: walletTexts,
  response: NotificationResponse,
  relay: { NO_CONTENT: nothing(204), ...credentialRelay },
  results: { NO_CONTENT: { code: 'P130901', message: 'The notification is recorded.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    const { notificationEndpoint } = service.credentialIssuerMetadata ?? {}
    const { client, subject } = await findCredentialToken(context, body, notificationEndpoint)
    const { notificationId, event, description } = parseNotification(body.requestContent ?? '')
    const found = await store.issuedCredentials.findByNotification(
      service.apiKey,
      tokenHash(notificationId),
    )
    const rows = requireOwn(found, client.clientId, subject)
    const isRepeated = rows.every(({ data }) => data.event === event)
    const ids = rows.map(({ credentialId }) => credentialId)
    if (!isRepeated) {
      const data = { event, eventDescription: description, notifiedAt: now }
      await store.commit(store.issuedCredentials.setEvent(service.apiKey, ids, data))
    }
    return {
      action: 'NO_CONTENT',
      event,
      eventDescription: description,
      notificationId,
      repeated: isRepeated,
      credentialIds: ids,
      credentialConfigurationId: rows[0]?.configurationId,
      clientId: client.clientId,
      subject,
      ...nonceFor(context, body),
    }
  },
  refuse: refuseCredential,
})
