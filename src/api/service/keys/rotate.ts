/** Moves keys of a service from one state to another. */
import { z } from 'zod'
import { recordOf } from '../../../audit/record.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { EndReason, KeySetName } from '../../../model/service/hsk.ts'
import { useOf } from '../../../oauth/keys/new-key.ts'
import { unknownKeyCode } from '../../../oauth/keys/rotate.ts'
import { rotateKeys } from '../../../services/keys/rotate.ts'
import { Algorithm, about, DryRun, KeyId, keysResponse, refusedKeys } from './keys-schemas.ts'

const RotateRequest = z
  .object({
    set: KeySetName.default('protocol').describe('The key set.'),
    alg: Algorithm,
    operation: z
      .enum(['begin', 'activate', 'cancel', 'rollback', 'retire', 'revoke'])
      .describe(
        '`begin` makes a NEXT key like the current one; `activate` makes the NEXT key current; ' +
          '`cancel` removes it; `rollback` makes the PREVIOUS key current again; `retire` ends a ' +
          'PREVIOUS key; `revoke` ends any key at once.',
      ),
    kid: KeyId.optional().describe('The key; required if several keys are in the state.'),
    immediately: z
      .boolean()
      .default(false)
      .describe('Whether a key signs before clients can know it; requires a `reason`.'),
    reason: EndReason.optional().describe('Why; recorded with the key and in the audit log.'),
    dryRun: DryRun,
  })
  .meta({ id: 'service_keys_rotate_request' })

export const keysRotate = defineEndpoint({
  ...about,
  operationId: 'service_keys_rotate_api',
  audits: 'key.rotated',
  method: 'post',
  path: '/api/{serviceId}/service/keys/rotate',
  summary: 'Rotate keys',
  description:
    'Moves keys between the states NEXT, CURRENT, PREVIOUS, RETIRED and REVOKED. The response has ' +
    'the keys whose state or times changed.',
  right: 'modify_service',
  body: RotateRequest,
  response: keysResponse(
    'service_keys_rotate_response',
    'OK',
    'CALLER_ERROR',
    'NOT_FOUND',
    'SERVER_ERROR',
  ),
  results: { OK: { code: 'P112901', message: 'The keys are rotated.' } },
  refuse: (refusal) =>
    refusal.rule.code === unknownKeyCode ? { action: 'NOT_FOUND' } : refusedKeys(refusal),
  async handle({ body }, context) {
    const { dryRun, ...given } = body
    const rotation = { ...given, use: useOf(body.alg) }
    const keys = await rotateKeys(context, rotation, {
      isDry: dryRun,
      writes: (transitions) =>
        recordOf(context, {
          target: { kind: 'key', id: transitions[0]?.kid ?? body.alg },
          changes: transitions.map(({ kid, before, after }) => ({ property: kid, before, after })),
          reason: [body.operation, body.reason].filter(Boolean).join(': '),
        }),
    })
    return { action: 'OK', keys }
  },
})
