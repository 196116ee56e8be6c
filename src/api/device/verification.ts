/** Looks up the request of a user code, for the page where the user enters it. RFC 8628 §3.3 */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { describeDeviceRequest, findByUserCode } from '../../requests/device.ts'
import { grantOfRequest } from '../../requests/grant-management.ts'
import { action } from '../fields.ts'
import { deviceRequestMembers } from './schemas.ts'

const DeviceVerificationRequest = z
  .object({
    userCode: z
      .string()
      .max(1_024)
      .describe('The code as the user typed it: case, spaces and dashes make no difference.'),
  })
  .meta({ id: 'device_verification_request' })

const DeviceVerificationResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'NOT_EXIST', 'EXPIRED', 'VALID'),
    ...deviceRequestMembers,
    expiresAt: z
      .int()
      .optional()
      .describe('When the user code expires, in milliseconds since the epoch.'),
  })
  .meta({ id: 'device_verification_response' })

export const deviceVerification = defineEndpoint({
  operationId: 'device_verification_api',
  method: 'post',
  path: '/api/{serviceId}/device/verification',
  tag: 'Device Flow',
  summary: 'Get the request of a user code',
  description:
    'Returns the request of the device, for the page that asks the user. `NOT_EXIST`: the code is ' +
    'unknown or was decided already, or too many wrong codes were tried within the current minute.',
  right: 'use_service',
  body: DeviceVerificationRequest,
  form: true,
  clientText: { userCode: 'userCode' },
  response: DeviceVerificationResponse,
  results: {
    VALID: {
      code: 'P081901',
      message: 'The user code is valid; the caller must ask the user for a decision.',
    },
    EXPIRED: { code: 'P081902', message: 'The user code has expired.' },
    NOT_EXIST: { code: 'P081903', message: 'The user code is unknown, or was decided already.' },
  },
  refuse: () => ({ action: 'NOT_EXIST' }),
  async handle({ body }, context) {
    const { service, documents, now } = context
    const row = await findByUserCode(context, body.userCode)
    const client = row && (await documents.client(service.apiKey, row.clientId))
    if (!client) return { action: 'NOT_EXIST' }
    if (row.expiresAt <= now) return { action: 'EXPIRED' }
    const managed = await grantOfRequest(context, row.data)
    const described = describeDeviceRequest(context, client, row.data)
    return { action: 'VALID', ...described, ...managed, expiresAt: row.expiresAt }
  },
})
