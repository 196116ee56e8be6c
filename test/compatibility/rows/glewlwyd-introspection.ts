/** G: who may introspect at Glewlwyd. */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { form, obtainTokens, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import {
  bodyOf,
  credentialsOf,
  introspect,
  ownTokens,
  type Row,
  read,
  refusalOf,
  userInfo,
} from './world.ts'

/** An introspection request with further members of the call. */
const ask = (at: TestService, token: string, more: Json): Promise<Json> =>
  at.api('/auth/introspection/standard', { parameters: form({ token }), ...more })

export const glewlwydIntrospection: readonly Row[] = [
  {
    row: 'G40',
    title: 'a client introspects and revokes its own tokens only',
    async check({ service }) {
      const at = await service()
      const [owner, other] = [await at.client(), await at.client()]
      const { accessToken: token } = await obtainTokens(at, owner)
      const isActive = async (by: Json) =>
        (await introspect(at, token, { ...credentialsOf(by), ownTokensOnly: true })).active
      expect([await isActive(owner), await isActive(other)]).toEqual([true, false])
      expect((await introspect(at, token, credentialsOf(other))).active).toBe(true)
      const unknown = await ask(at, token, credentialsOf({ ...owner, clientSecret: 'wrong' }))
      expect(refusalOf(unknown)).toBe('BAD_REQUEST invalid_client')
      const parameters = form({ token })
      await at.api('/auth/revocation', { parameters, ...credentialsOf(other) })
      expect((await introspect(at, token)).active).toBe(true)
      await at.api('/auth/revocation', { parameters, ...credentialsOf(owner) })
      expect((await introspect(at, token)).active).toBe(false)
    },
  },
  {
    row: 'G42',
    title: 'introspection by a client and by an access token are switched apart',
    async check({ service }) {
      const outcomes = async (more: Json) => {
        const at = await service(more)
        const client = await at.client()
        const { accessToken: token } = await obtainTokens(at, client)
        const { accessToken: bearerToken } = await ownTokens(at, client, 'read')
        const answers = [
          await ask(at, token, credentialsOf(client)),
          await ask(at, token, { bearerToken }),
        ]
        return answers.map((answer) => answer.action === 'OK' && bodyOf(answer).active)
      }
      const bearer = { 'ext.introspection.bearer_scopes': 'read' }
      const byKey = { supportedIntrospectionAuthMethods: ['PRIVATE_KEY_JWT'] }
      expect(await outcomes({})).toEqual([true, false])
      expect(await outcomes(bearer)).toEqual([true, true])
      expect(await outcomes({ ...bearer, ...byKey })).toEqual([false, true])
      expect(await outcomes({ 'ext.introspection.bearer_scopes': 'write' })).toEqual([true, false])
    },
  },
  {
    row: 'G43',
    title: 'introspection takes ID Tokens with their hint where the service allows it',
    async check({ service }) {
      const answerAt = async (more: Json, hint?: string) => {
        const at = await service(more)
        const { idToken } = await obtainTokens(at, await at.client())
        return introspect(at, idToken, { parameters: { token_type_hint: hint } })
      }
      const on = { 'ext.introspect.id_token': 'true' }
      expect(await answerAt(on, 'id_token')).toMatchObject({ active: true, sub: 'alice' })
      expect(await answerAt(on)).toEqual({ active: false })
      expect(await answerAt({}, 'id_token')).toEqual({ active: false })
      const at = await service(on)
      const client = await at.client()
      const { accessToken, refreshToken } = await obtainTokens(at, client)
      for (const [token, token_type_hint] of [
        [accessToken, 'access_token'],
        [refreshToken, 'refresh_token'],
      ])
        expect((await introspect(at, token, { parameters: { token_type_hint } })).active).toBe(true)
      const signed = (await obtainTokens(at, client)).idToken.split('.')
      const forged = [signed[0], signed[1], 'AAAA'].join('.')
      const parameters = { token_type_hint: 'id_token' }
      expect(await introspect(at, forged, { parameters })).toEqual({ active: false })
    },
  },
  {
    row: 'G69',
    title: 'a UserInfo request that prefers a JWT gets one',
    async check({ service }) {
      const at = await service()
      const { accessToken } = await obtainTokens(at, await at.client())
      const actionFor = async (httpAcceptHeader?: string) =>
        (await userInfo(at, accessToken, { httpAcceptHeader })).action
      expect(await actionFor()).toBe('JSON')
      expect(await actionFor('application/json')).toBe('JSON')
      const { action, responseContent } = await userInfo(at, accessToken, {
        httpAcceptHeader: 'application/jwt',
      })
      expect(action).toBe('JWT')
      const keys = createLocalJWKSet(await read(at, '/service/jwks/get'))
      const currentDate = new Date(at.system.clock())
      expect((await jwtVerify(responseContent, keys, { currentDate })).payload.sub).toBe('alice')
    },
  },
]
