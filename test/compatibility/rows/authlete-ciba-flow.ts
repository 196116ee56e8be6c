/** C: what goes with `backchannel/authentication/issue` of Authlete. */
import { Authlete } from '@authlete/typescript-sdk'
import { expect } from 'vitest'
import { deliverDue } from '../../../src/process/outbox.ts'
import {
  ask,
  askFor,
  begin,
  cibaClient,
  cibaSettings,
  complete,
  notificationEndpoint,
  notificationToken,
  poll,
  signingClient,
  signRequest,
} from '../../support/ciba.ts'
import { form } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { type Row, refusalOf } from './world.ts'

export const cibaFlow: readonly Row[] = [
  {
    row: 'C11',
    title: 'the official SDK works at the URL where Postern listens',
    async check({ service }) {
      const at = await service(cibaSettings)
      const sdk = new Authlete({ serverURL: at.url, bearer: at.adminToken })
      const got = await sdk.service.get({ serviceId: String(at.serviceId) })
      expect(got.apiKey).toBe(at.serviceId)
    },
  },
  {
    row: 'C12',
    title:
      'a backchannel request tells the frontend the hint, the binding message and what is asked',
    async check({ service }) {
      const at = await service({
        ...cibaSettings,
        ...{ backchannelUserCodeParameterSupported: true, supportedAcrs: ['urn:acr:a'] },
      })
      const client = await cibaClient(at, 'POLL', { bcUserCodeRequired: true })
      const more = { user_code: '1234', binding_message: 'W4SCT', requested_expiry: '120' }
      const request = { scope: 'openid email', acr_values: 'urn:acr:a', ...more }
      const asked = await ask(at, client, request)
      expect(asked).toMatchObject({
        ...{ action: 'USER_IDENTIFICATION', hintType: 'LOGIN_HINT', hint: 'alice' },
        ...{ userCode: '1234', bindingMessage: 'W4SCT', requestedExpiry: 120 },
        ...{ acrs: ['urn:acr:a'], claimNames: expect.arrayContaining(['email']) },
      })
      const token = { login_hint: undefined, login_hint_token: 'of-the-client' }
      expect(await ask(at, client, { ...request, ...token })).toMatchObject({
        ...{ hintType: 'LOGIN_HINT_TOKEN', hint: 'of-the-client' },
      })
      const { authReqId, expiresIn } = await begin(at, client, request)
      expect([typeof authReqId, expiresIn]).toEqual(['string', 120])
      const missing = await ask(at, client, { user_code: undefined })
      expect(refusalOf(missing)).toBe('BAD_REQUEST missing_user_code')
    },
  },
  {
    row: 'C13',
    title:
      'a request is failed or completed, and the notification goes out through the frontend or Postern itself',
    async check({ service }) {
      const at = await service(cibaSettings)
      const client = await cibaClient(at, 'POLL')
      const { ticket: unknown } = await ask(at, client)
      const failed = { ticket: unknown, reason: 'UNKNOWN_USER_ID' }
      const refused = await at.api('/backchannel/authentication/fail', failed)
      expect(refusalOf(refused)).toBe('BAD_REQUEST unknown_user_id')
      const polled = async (result: string) => {
        const { ticket, authReqId } = await begin(at, client)
        expect((await complete(at, ticket, { result })).action).toBe('NO_ACTION')
        return poll(at, client, authReqId)
      }
      expect((await polled('AUTHORIZED')).action).toBe('OK')
      expect(refusalOf(await polled('ACCESS_DENIED'))).toBe('BAD_REQUEST access_denied')
      expect(refusalOf(await polled('TRANSACTION_FAILED'))).toBe('BAD_REQUEST expired_token')
      const pushed = await begin(at, await cibaClient(at, 'PUSH'))
      expect(await complete(at, pushed.ticket)).toMatchObject({
        ...{ action: 'NOTIFICATION', clientNotificationToken: notificationToken },
        ...{ clientNotificationEndpoint: notificationEndpoint, accessToken: expect.any(String) },
      })
      const itself = await service({ ...cibaSettings, 'ext.ciba.deliver': 'true' })
      const bcNotificationEndpoint = 'https://app.example.com/notified-by-postern'
      at.system.fetch.answer(bcNotificationEndpoint, { status: 204 })
      const told = await cibaClient(itself, 'PING', { bcNotificationEndpoint })
      const { ticket, authReqId } = await begin(itself, told)
      expect((await complete(itself, ticket)).action).toBe('NO_ACTION')
      await deliverDue(at.store, at.system)
      const sent = at.system.fetch.asked.find(({ url }) => url === bcNotificationEndpoint)
      expect(sent?.options.body).toBe(JSON.stringify({ auth_req_id: authReqId }))
    },
  },
  {
    row: 'C14',
    title:
      'the settings of CIBA decide modes, lifetimes, intervals, user codes and signed requests',
    async check({ service }) {
      const at = await service({
        ...cibaSettings,
        ...{ backchannelAuthReqIdDuration: 90, backchannelPollingInterval: 2 },
        supportedBackchannelTokenDeliveryModes: ['POLL'],
      })
      const poller = await cibaClient(at, 'POLL')
      const { authReqId, expiresIn, interval } = await begin(at, poller)
      expect([expiresIn, interval]).toEqual([90, 2])
      expect(refusalOf(await poll(at, poller, authReqId))).toBe('BAD_REQUEST authorization_pending')
      expect(refusalOf(await poll(at, poller, authReqId))).toBe('BAD_REQUEST slow_down')
      const pinged = await ask(at, await cibaClient(at, 'PING'))
      expect(refusalOf(pinged)).toBe('BAD_REQUEST unauthorized_client')
      const signing = await signingClient(at)
      expect(refusalOf(await ask(at, signing))).toBe('BAD_REQUEST invalid_request')
      const request = await signRequest(at, signing)
      expect((await askFor(at, signing, { request })).action).toBe('USER_IDENTIFICATION')
      const pay = { name: 'pay', attributes: [{ key: 'fapi', value: 'rw' }] }
      const fapi = await service({
        ...cibaSettings,
        ...{ supportedServiceProfiles: ['FAPI'], supportedScopes: [{ name: 'openid' }, pay] },
        backchannelBindingMessageRequiredInFapi: true,
      })
      const payer = await signingClient(fapi)
      const send = async (more: Json) => {
        const claims = { scope: 'openid pay', ...more }
        return askFor(fapi, payer, { request: await signRequest(fapi, payer, { claims }) })
      }
      expect(refusalOf(await send({}))).toBe('BAD_REQUEST invalid_request')
      expect((await send({ binding_message: '1234' })).action).toBe('USER_IDENTIFICATION')
    },
  },
  {
    row: 'C15',
    title: 'the official TypeScript SDK issues an auth_req_id',
    async check({ service }) {
      const at = await service(cibaSettings)
      const client = await cibaClient(at, 'POLL')
      const sdk = new Authlete({ serverURL: at.url, bearer: at.adminToken })
      const serviceId = String(at.serviceId)
      const { clientId, clientSecret } = client
      const parameters = form({ scope: 'openid', login_hint: 'alice' })
      const asked = await sdk.ciba.processAuthentication({
        serviceId,
        backchannelAuthenticationRequest: {
          ...{ parameters, clientId: String(clientId), clientSecret },
        },
      })
      expect(asked.action).toBe('USER_IDENTIFICATION')
      const ticket = asked.ticket ?? ''
      const request = { serviceId, backchannelAuthenticationIssueRequest: { ticket } }
      const json = await sdk.ciba.issue(request)
      expect(json).toMatchObject({ action: 'OK', expiresIn: 600, interval: 5 })
    },
  },
]
