/** G: keys and client authentication at Glewlwyd. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createLocalJWKSet, exportJWK, type JWK, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import { form, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { type KeyFolder, keyFolder } from '../../support/key-files.ts'
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

/** The header of an ID Token of this algorithm, which verifies with the published keys. */
async function signedBy(at: TestService, idTokenSignAlg: string) {
  const { idToken } = await obtainTokens(at, await at.client({ idTokenSignAlg }))
  const keys = createLocalJWKSet(await read(at, '/service/jwks/get'))
  const currentDate = new Date(at.system.clock())
  return (await jwtVerify(idToken, keys, { issuer, currentDate })).protectedHeader
}

const privateMembers = /"(d|p|q|dp|dq|qi|k)":/

/** The pairs of files that the instructions of Glewlwyd make. */
function pairsOf({ openssl, text }: KeyFolder) {
  openssl('genrsa -out private-rsa.key 2048')
  openssl('rsa -in private-rsa.key -outform PEM -pubout -out public-rsa.pem')
  openssl('ecparam -genkey -name secp521r1 -noout -out private-ecdsa.key')
  openssl('ec -in private-ecdsa.key -pubout -out public-ecdsa.pem')
  return [
    { alg: 'RS512', pem: text('private-rsa.key'), published: text('public-rsa.pem') },
    { alg: 'ES512', pem: text('private-ecdsa.key'), published: text('public-ecdsa.pem') },
  ]
}

export const glewlwydKeys: readonly Row[] = [
  {
    row: 'G7',
    title: 'keys in the PEM files of openssl sign, and their public halves are published',
    async check({ service }) {
      const folder = keyFolder()
      try {
        const at = await service({ jwks: undefined })
        for (const { alg, pem, published } of pairsOf(folder)) {
          const answer = await at.api('/service/keys/import', { pem, alg, kid: alg })
          expect(answer).toMatchObject({ action: 'CREATED', keys: [{ state: 'CURRENT' }] })
          expect(JSON.stringify(answer)).not.toMatch(privateMembers)
          const { keys } = await read(at, '/service/jwks/get')
          const key = createPublicKey({ key: keys.at(-1), format: 'jwk' })
          expect(key.equals(createPublicKey(published))).toBe(true)
          expect(await signedBy(at, alg)).toMatchObject({ alg, kid: alg })
          const wrong = await at.api('/service/keys/import', { pem: published, alg })
          expect(wrong.action).toBe('CALLER_ERROR')
        }
      } finally {
        folder.remove()
      }
    },
  },
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
  {
    row: 'G80',
    title: 'keys of each type are made without openssl, and no private half leaves the engine',
    async check({ service }) {
      const at = await service({ jwks: undefined })
      for (const [alg, more] of [
        ['RS512', { modulusBits: 2048 }],
        ['PS256', { modulusBits: 2048 }],
        ['ES512', {}],
        ['EdDSA', {}],
      ] as const) {
        const answer = await at.api('/service/keys/generate', { alg, kid: alg, ...more })
        expect(answer).toMatchObject({ action: 'CREATED', keys: [{ alg, state: 'CURRENT' }] })
        const published = await read(at, '/service/jwks/get')
        expect(JSON.stringify([answer, published])).not.toMatch(privateMembers)
        expect(await signedBy(at, alg)).toMatchObject({ alg, kid: alg })
      }
    },
  },
]
