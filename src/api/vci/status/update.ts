/** Changes the status of issued credentials, Token Status List §7. */
import { z } from 'zod'
import { recordOf } from '../../../audit/record.ts'
import { type IssuedRow, requireSuspendable, selectIssued } from '../../../credentials/selection.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { statusValues } from '../../../oauth/vci/status-list.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import { action } from '../../fields.ts'

const rules = defineCallerRules('Credential status', {
  notOneSelection: {
    code: 'P131101',
    status: 400,
    message:
      'The call must contain one of credentialId, notificationId, uri with idx, and subject.',
  },
})

const StatusUpdateRequest = z
  .object({
    credentialId: z.string().max(100).optional().describe('Identifier of the credential.'),
    notificationId: z
      .string()
      .max(100)
      .optional()
      .describe('The `notification_id` of a credential response: all credentials of it.'),
    uri: z
      .string()
      .max(2_048)
      .optional()
      .describe('The URL of the status list in which the credential has a place; with `idx`.'),
    idx: z.int().min(0).max(1_048_575).optional().describe('The place in the list at `uri`.'),
    subject: z.string().max(255).optional().describe('The user: all credentials of the user.'),
    credentialConfigurationId: z
      .string()
      .max(255)
      .optional()
      .describe('With `subject`: only credentials of this configuration.'),
    cursor: z
      .string()
      .max(100)
      .optional()
      .describe('With `subject`: `nextCursor` of the call before, for the next 1,000 credentials.'),
    status: z
      .enum(['VALID', 'INVALID', 'SUSPENDED'])
      .describe('The new status; `INVALID` is revoked.'),
    reason: z.string().max(1_000).optional().describe('A note for the audit log.'),
  })
  .meta({ id: 'vci_status_update_request' })

const StatusUpdateResponse = z
  .object({
    action: action('OK', 'NOT_FOUND'),
    count: z.int().optional().describe('How many credentials have the status now.'),
    unlisted: z
      .int()
      .optional()
      .describe(
        'How many of them have no place in a status list, so that no verifier learns of it.',
      ),
    nextCursor: z
      .string()
      .optional()
      .describe('The `cursor` of the next call, if the user has more credentials.'),
  })
  .meta({ id: 'vci_status_update_response' })

export const statusUpdate = defineEndpoint({
  operationId: 'vci_status_update_api',
  method: 'post',
  path: '/api/{serviceId}/vci/status/update',
  tag: 'Verifiable Credential Issuer',
  summary: 'Change the status of credentials',
  description:
    'Revokes, suspends or restores issued credentials. The status lists that contain them are ' +
    'signed again when they are next asked for. A call changes at most 1,000 credentials of a user.',
  right: 'use_service',
  audits: 'credential.status_changed',
  body: StatusUpdateRequest,
  response: StatusUpdateResponse,
  results: {
    OK: { code: 'P131903', message: 'The credentials have the status.' },
    NOT_FOUND: { code: 'P131904', message: 'No such credential was issued.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const { credentialId, notificationId, uri, idx, subject, status, reason } = body
    const named = [credentialId, notificationId, uri, subject].filter((each) => each !== undefined)
    if (named.length !== 1 || (uri === undefined) !== (idx === undefined)) {
      refuseCaller(rules.notOneSelection)
    }
    const { rows, next } = await selectIssued(context, body)
    if (rows.length === 0 && next === undefined) return { action: 'NOT_FOUND' }
    await requireSuspendable(context, status, rows)
    const value = statusValues[status]
    const changed = rows.filter((row) => row.status !== value)
    if (changed.length > 0) {
      const ids = changed.map((row) => row.credentialId)
      // The lists come first, and in one order: concurrent calls wait for each other there.
      await store.commit(
        ...listsOf(changed).map((list) =>
          store.statusLists.change({ serviceId: service.apiKey, list }),
        ),
        store.issuedCredentials.setStatus(service.apiKey, ids, value),
        ...recordOf(context, {
          target:
            subject === undefined
              ? { kind: 'credential', id: ids[0] ?? '' }
              : { kind: 'subject', id: subject },
          changes: [{ property: 'status', after: status }],
          reason,
        }),
      )
    }
    const unlisted = rows.filter(({ list }) => list === null).length
    return { action: 'OK', count: rows.length, unlisted, nextCursor: next }
  },
})

const listsOf = (rows: readonly IssuedRow[]): number[] =>
  [...new Set(rows.flatMap(({ list }) => list ?? []))].sort((one, other) => one - other)
