/** G: encryption of what goes out at Glewlwyd. */
import { decodeProtectedHeader } from 'jose'
import { expect } from 'vitest'
import { obtainTokens, redeem, refresh } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { bodyOf, decrypt, type Row, respond, responseOf, works } from './world.ts'

const partsOf = (text: string) => text.split('.').length

export const glewlwydEncryption: readonly Row[] = [
  {
    row: 'G32',
    title: 'a service can switch off the encryption of responses for all clients',
    async check({ service }) {
      const jwks = jwksOf(publicKey(await encryptionPair('RSA-OAEP-256', 'enc-1')))
      const partsAt = async (more: Json) => {
        const at = await service(more)
        const client = await at.client({ jwks, idTokenEncryptionAlg: 'RSA_OAEP_256' })
        return partsOf((await obtainTokens(at, client)).idToken)
      }
      expect(await partsAt({})).toBe(5)
      expect(await partsAt({ 'ext.encrypt_out': 'true' })).toBe(5)
      expect(await partsAt({ 'ext.encrypt_out': 'false' })).toBe(3)
    },
  },
  {
    row: 'G33',
    title:
      'a client chooses the algorithms and the key of its encryption, with A128CBC-HS256 by default',
    async check({ service }) {
      const at = await service()
      const [first, second] = [
        await encryptionPair('RSA-OAEP-256', 'first'),
        await encryptionPair('RSA-OAEP-256', 'second'),
      ]
      const keys = { jwks: jwksOf(publicKey(first), publicKey(second)) }
      const headerOf = async (more: Json) => {
        const client = await at.client({ ...keys, idTokenEncryptionAlg: 'RSA_OAEP_256', ...more })
        return decodeProtectedHeader((await obtainTokens(at, client)).idToken)
      }
      expect(await headerOf({})).toMatchObject({ enc: 'A128CBC-HS256', kid: 'first' })
      const chosen = { 'ext.enc.kid': 'second', idTokenEncryptionEnc: 'A256GCM' }
      expect(await headerOf({ ...chosen, idTokenEncryptionAlg: 'RSA_OAEP' })).toMatchObject({
        ...{ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'second' },
      })
    },
  },
  {
    row: 'G35',
    title:
      'codes, access tokens and refresh tokens can be encrypted for a client, which sends the value inside',
    async check({ service }) {
      const at = await service()
      const pair = await encryptionPair('RSA-OAEP-256', 'enc-1')
      const client = await at.client({
        ...{ jwks: jwksOf(publicKey(pair)), 'ext.encrypt.code': 'true' },
        ...{ 'ext.encrypt.access_token': 'true', 'ext.encrypt.refresh_token': 'true' },
      })
      const { code } = responseOf(await respond(at, client))
      expect(partsOf(code)).toBe(5)
      expect((await redeem(at, client, code)).action).toBe('BAD_REQUEST')
      const tokens = bodyOf(await redeem(at, client, await decrypt(code, pair)))
      expect([partsOf(tokens.access_token), partsOf(tokens.refresh_token)]).toEqual([5, 5])
      expect(await works(at, await decrypt(tokens.access_token, pair))).toBe(true)
      expect(await works(at, tokens.access_token)).toBe(false)
      const next = await refresh(at, client, await decrypt(tokens.refresh_token, pair))
      expect(next.action).toBe('OK')
      const plain = await obtainTokens(at, await at.client())
      expect(await works(at, bodyOf(plain).access_token)).toBe(true)
    },
  },
]
