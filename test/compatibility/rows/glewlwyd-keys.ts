/** G: keys and client authentication at Glewlwyd. */
import { generateKeyPairSync } from 'node:crypto'
import { exportJWK, type JWK } from 'jose'
import { expect } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import { form, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'
import { type Row, read } from './world.ts'

const own = { grant_type: 'client_credentials', scope: 'read' }

/** The action for a client that authenticates by its key. */
const byKey = async (at: TestService, client: Json, key: JWK = clientKey) => {
  const parameters = form({ ...own, ...(await assertionFor(at, client, {}, { key })) })
  return (await at.api('/auth/token', { parameters })).action
}

export const glewlwydKeys: readonly Row[] = [
  {
    row: 'G19',
    title:
      'the certificate chain of a key is published, and what is no certificate of the key is refused',
    async check({ service }) {
      const { base64, pem, privateKey } = certificate()
      const key = { ...privateKey.export({ format: 'jwk' }), kid: 'certified', use: 'sig' }
      const at = await service({ jwks: jwksOf(...serviceKeys, { ...key, x5c: [base64] } as JWK) })
      const { keys } = await read(at, '/service/jwks/get')
      expect(keys.find(({ kid }: JWK) => kid === 'certified').x5c).toEqual([base64])
      const path = `/api/${at.serviceId}/service/update`
      for (const x5c of [[pem], [certificate().base64], ['text']]) {
        const jwks = jwksOf(...serviceKeys, { ...key, x5c } as JWK)
        expect((await at.call('POST', path, { jwks })).status).toBe(400)
      }
    },
  },
  {
    row: 'G31',
    title:
      'a client has its public keys as PEM, as a key set or at a URL that is not fetched each time',
    async check({ service }) {
      const at = await service()
      const method = { tokenAuthMethod: 'PRIVATE_KEY_JWT' }
      const { publicKey: ofPem, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const jwks = String(ofPem.export({ format: 'pem', type: 'spki' }))
      const signing = { ...(await exportJWK(privateKey)), alg: 'ES256' }
      expect(await byKey(at, await at.client({ ...method, jwks }), signing)).toBe('OK')
      const bySet = await at.client({ ...method, jwks: jwksOf(publicKey(clientKey)) })
      expect(await byKey(at, bySet)).toBe('OK')
      const jwksUri = 'https://keys.example.com/jwks'
      at.system.fetch.answer(jwksUri, { body: { keys: [publicKey(clientKey)] } })
      const byUrl = await at.client({ ...method, jwksUri })
      expect([await byKey(at, byUrl), await byKey(at, byUrl)]).toEqual(['OK', 'OK'])
      const fetched = at.system.fetch.asked.filter(({ url }) => url === jwksUri)
      expect(fetched).toHaveLength(1)
    },
  },
]
