/** Two servers: one issues an identity assertion (ID-JAG), the other gives a token for it. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  issuer,
  obtainTokens,
  requestToken,
  type TestService,
} from '../../support/flows.ts'

import { clientKey, jwksOf } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const chatIssuer = 'https://chat.example.com'
const resource = 'https://api.chat.example.com'

let identityProvider: TestService
let chat: TestService
let wiki: Json
let wikiAtChat: Json
beforeAll(async () => {
  const scopes = ['chat.read', 'chat.write'].map((name) => ({ name }))
  const trusted = {
    ...{ issuer, jwksUri: `${issuer}/jwks`, grants: ['id-jag'] },
    ...{ scopes: ['chat.read'], subjectPrefix: 'company:' },
  }
  chat = await createService({
    ...{ issuer: chatIssuer, tokenEndpoint: `${chatIssuer}/token`, supportedScopes: scopes },
    ...{ jwks: jwksOf(clientKey), accessTokenSignAlg: 'ES256' },
    attributes: [{ key: 'ext.trustedIssuers', value: JSON.stringify([trusted]) }],
  })
  wikiAtChat = await chat.client()
  identityProvider = await createService({
    attributes: [{ key: 'ext.id_jag.audiences', value: chatIssuer }],
  })
  const target = { audience: chatIssuer, clientId: String(wikiAtChat.clientId) }
  wiki = await identityProvider.client({
    attributes: [{ key: 'ext.id_jag.targets', value: JSON.stringify([target]) }],
  })
  const path = `/api/${identityProvider.serviceId}/service/jwks/get`
  chat.system.fetch.answer(`${issuer}/jwks`, { body: await identityProvider.get(path) })
})
afterAll(async () => {
  await chat?.close()
  await identityProvider?.close()
})

const identityAssertion = async (): Promise<string> => {
  const { idToken } = await obtainTokens(identityProvider, wiki)
  const exchanged = await requestToken(identityProvider, wiki, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    ...{ subject_token: idToken, subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' },
    ...{ audience: chatIssuer, resource, scope: 'chat.read chat.write' },
  })
  return JSON.parse(exchanged.responseContent).access_token
}
const present = (assertion: string, by: Json = wikiAtChat) =>
  requestToken(chat, by, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })

describe('identity assertion from one server to another', () => {
  it('is exchanged for a token that works there, with the limits of both', async () => {
    const granted = await present(await identityAssertion())
    expect(granted).toMatchObject({ action: 'OK', subject: 'company:alice' })
    const { access_token } = JSON.parse(granted.responseContent)
    expect(decodeJwt(access_token)).toMatchObject({
      ...{ iss: chatIssuer, sub: 'company:alice', aud: resource, scope: 'chat.read' },
    })
    const introspected = await chat.api('/auth/introspection', {
      ...{ token: access_token, scopes: ['chat.read'], resources: [resource] },
    })
    expect(introspected).toMatchObject({ action: 'OK', subject: 'company:alice' })
    const elsewhere = await identityProvider.api('/auth/introspection', { token: access_token })
    expect(elsewhere).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('is for one use and one client, and of no use at the server that issued it', async () => {
    const assertion = await identityAssertion()
    const other = await chat.client()
    expect(await present(assertion, other)).toMatchObject({ resultCode: 'P162011' })
    expect(await present(assertion)).toMatchObject({ action: 'OK' })
    expect(await present(assertion)).toMatchObject({ resultCode: 'P162008' })
    const atHome = await requestToken(identityProvider, wiki, {
      ...{ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
    })
    expect(atHome).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P028007' })
  })
})
