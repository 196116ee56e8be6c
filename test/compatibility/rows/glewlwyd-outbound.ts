/** G: documents of clients that Glewlwyd fetches without verified TLS. */
import { expect } from 'vitest'
import { listen } from '../../../examples/demo/listen.ts'
import { callApi } from '../../../examples/demo/seed.ts'
import { readConfig } from '../../../src/process/config.ts'
import { start } from '../../../src/process/start.ts'
import { form, issuer } from '../../support/flows.ts'
import { clientKey, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { signJwt } from '../../support/signing-client.ts'
import { certificate, privateKey } from '../../system/tls-certificate.ts'
import type { Row } from './world.ts'

/** A process of its own configuration, since the fetch of the other rows is prepared. */
async function withPostern<T>(settings: Json, work: (api: Api) => Promise<T>): Promise<T> {
  const running = await start(
    readConfig({
      ...{ POSTERN_DATABASE_URL: ':memory:', POSTERN_PORT: '0', POSTERN_LOG_LEVEL: 'silent' },
      ...settings,
    }),
  )
  const result = await work({ url: running.url, token: running.adminToken ?? '' })
  await running.close()
  return result
}

type Api = Parameters<typeof callApi>[0]

/** The action for a client whose assertion is verified by the keys at the URL. */
async function actionFor(api: Api, jwksUri: string, attributes: Json[] = []): Promise<unknown> {
  const { apiKey } = await callApi(api, 'service/create', { issuer, attributes })
  const client = { clientType: 'CONFIDENTIAL', tokenAuthMethod: 'PRIVATE_KEY_JWT', jwksUri }
  const { clientId } = await callApi(api, `${apiKey}/client/create`, client)
  const id = String(clientId)
  const exp = Math.floor(performance.timeOrigin / 1000) + 3600
  const parameters = form({
    ...{ grant_type: 'client_credentials', scope: 'read' },
    client_assertion: await signJwt({ iss: id, sub: id, aud: issuer, jti: id, exp }),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  })
  const { action } = await callApi(api, `${apiKey}/auth/token`, { parameters })
  return action
}

export const glewlwydOutbound: readonly Row[] = [
  {
    row: 'G29',
    title:
      'keys are read over unverified TLS for a service that asks for it in a development process only',
    async check() {
      const keys = await listen(() => Response.json({ keys: [publicKey(clientKey)] }), 0, {
        ...{ cert: certificate, key: privateKey },
      })
      const insecure = [{ key: 'ext.outbound.tls_insecure', value: 'true' }]
      const local = { POSTERN_OUTBOUND_ALLOW: '127.0.0.1' }
      const development = { ...local, POSTERN_ALLOW_INSECURE_TLS: 'true' }
      await withPostern(development, async (api) => {
        expect(await actionFor(api, keys.url, insecure)).toBe('OK')
        expect(await actionFor(api, keys.url)).toBe('INVALID_CLIENT')
      })
      await withPostern(local, async (api) => {
        expect(await actionFor(api, keys.url, insecure)).toBe('INVALID_CLIENT')
      })
      await withPostern({ POSTERN_ALLOW_INSECURE_TLS: 'true' }, async (api) => {
        expect(await actionFor(api, keys.url, insecure)).toBe('INVALID_CLIENT')
      })
      await keys.close()
    },
  },
]
