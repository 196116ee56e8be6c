/** H and G: secrets of clients at Ory Hydra and Glewlwyd. */
import { expect } from 'vitest'
import { form, obtainTokens, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'
import {
  bodyOf,
  clientOf,
  credentialsOf,
  manage,
  ownTokens,
  type Row,
  read,
  register,
  registered,
  registering,
} from './world.ts'

const own = { grant_type: 'client_credentials', scope: 'read' }
const hashing = { 'ext.client_secret.storage': 'hashed' }

/** Whether the client gets tokens with a secret. */
const accepts = async (at: TestService, client: Json, clientSecret = client.clientSecret) =>
  (await ownTokens(at, { ...client, clientSecret }, 'read')).action === 'OK'

export const hydraSecrets: readonly Row[] = [
  {
    row: 'H4',
    title: 'a secret is shown once and never again where the service stores hashes of secrets',
    async check({ service }) {
      const shownAt = async (more: Json) => {
        const at = await service({ ...registering, ...more })
        const client = await at.client()
        const mine = await registered(at)
        expect(await accepts(at, client)).toBe(true)
        expect((await obtainTokens(at, clientOf(mine))).action).toBe('OK')
        const own = await read(at, `/client/get/${client.clientId}`)
        const again = bodyOf(await manage(at, 'get', mine))
        return [
          own.clientSecret === client.clientSecret,
          again.client_secret === mine.client_secret,
        ]
      }
      expect(await shownAt({})).toEqual([true, true])
      expect(await shownAt(hashing)).toEqual([false, false])
      const at = await service({ ...registering, ...hashing })
      const metadata = { redirect_uris: ['https://app.example.com/callback'] }
      const symmetric = { ...metadata, id_token_signed_response_alg: 'HS256' }
      expect((await register(at, symmetric)).action).toBe('BAD_REQUEST')
    },
  },
  {
    row: 'H30',
    title:
      'a secret is replaced while the former one still works, and secrets of registered clients can expire',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const refreshed = async (query = '') =>
        (await read(at, `/client/secret/refresh/${client.clientId}${query}`)).newClientSecret
      const second = await refreshed('?graceSeconds=60')
      expect([await accepts(at, client), await accepts(at, client, second)]).toEqual([true, true])
      at.system.clock.advance(60_000)
      expect([await accepts(at, client), await accepts(at, client, second)]).toEqual([false, true])
      const third = await refreshed('?graceSeconds=60')
      const path = `/api/${at.serviceId}/client/secret/rotated/delete/${client.clientId}`
      expect(await accepts(at, client, second)).toBe(true)
      await at.call('DELETE', path)
      expect(await accepts(at, client, second)).toBe(false)
      await refreshed()
      expect(await accepts(at, client, third)).toBe(false)
      const expiring = await service({ ...registering, 'ext.dcr.secret_days': '30' })
      const issuedAt = Math.floor(at.system.clock() / 1000)
      const { client_secret_expires_at } = await registered(expiring)
      expect(client_secret_expires_at).toBe(issuedAt + 30 * 86_400)
      expect((await registered(await service(registering))).client_secret_expires_at).toBe(0)
    },
  },
]

export const glewlwydSecrets: readonly Row[] = [
  {
    row: 'G52',
    title: 'a secret is stored so that it can sign, or as a hash so that it can only be compared',
    async check({ service }) {
      const signs = async (at: TestService, client: Json) => {
        const key = { kty: 'oct', k: Buffer.from(client.clientSecret).toString('base64url') }
        const assertion = await assertionFor(at, client, {}, { key, header: { alg: 'HS256' } })
        const parameters = form({ grant_type: 'client_credentials', ...assertion })
        return (await at.api('/auth/token', { parameters })).action === 'OK'
      }
      const plain = await service()
      const bySecret = { tokenAuthMethod: 'CLIENT_SECRET_JWT' }
      expect(await signs(plain, await plain.client(bySecret))).toBe(true)
      const at = await service(hashing)
      const path = `/api/${at.serviceId}/client/create`
      const refused = await at.call('POST', path, { clientType: 'CONFIDENTIAL', ...bySecret })
      expect(refused.status).toBe(400)
      const client = await at.client()
      expect(await accepts(at, client)).toBe(true)
      expect(await accepts(at, client, `${client.clientSecret}x`)).toBe(false)
      const row = await at.store.clients.find(at.serviceId, client.clientId)
      expect(JSON.stringify(row)).not.toContain(credentialsOf(client).clientSecret)
    },
  },
  {
    row: 'G59',
    title:
      'a confidential client authenticates by its secret in the header or the body, or by a JWT, each as it registered',
    async check({ service }) {
      const at = await service()
      const keys = { jwks: jwksOf(publicKey(clientKey)) }
      const methods = 'client_secret_post client_secret_jwt private_key_jwt'
      const outcomes = async (client: Json) => {
        const { clientId, clientSecret } = client
        const inBody = { client_id: String(clientId), client_secret: clientSecret }
        const secret = { kty: 'oct', k: Buffer.from(clientSecret).toString('base64url') }
        const bySecret = { key: secret, header: { alg: 'HS256' } }
        const calls = [
          { parameters: form(own), clientId: String(clientId), clientSecret },
          { parameters: form({ ...own, ...inBody }) },
          { parameters: form({ ...own, ...(await assertionFor(at, client, {}, bySecret)) }) },
          { parameters: form({ ...own, ...(await assertionFor(at, client)) }) },
        ]
        const actions: string[] = []
        for (const call of calls) actions.push((await at.api('/auth/token', call)).action)
        return actions.map((action) => action === 'OK')
      }
      const all = await at.client({ ...keys, 'ext.auth_methods': methods })
      expect(await outcomes(all)).toEqual([true, true, true, true])
      expect(await outcomes(await at.client(keys))).toEqual([true, false, false, false])
    },
  },
]
