/** The effect of settings of a service that need one test each. */
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dpopKey, proof } from '../support/dpop.ts'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import { assertionFor } from '../support/signing-client.ts'

let service: TestService
let client: Json
let second: JWK
beforeAll(async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  second = { ...(await exportJWK(privateKey)), kid: 'second', alg: 'RS256', use: 'sig' }
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const metadata = async () =>
  (await service.call('GET', `/api/${service.serviceId}/service/configuration`)).body

describe('discovery document of a service', () => {
  it('lists the endpoints of the service (RFC 8414 §2)', async () => {
    await service.configure({
      authorizationEndpoint: `${issuer}/a`,
      tokenEndpoint: `${issuer}/t`,
      userInfoEndpoint: `${issuer}/u`,
      revocationEndpoint: `${issuer}/r`,
      introspectionEndpoint: `${issuer}/i`,
      endSessionEndpoint: `${issuer}/e`,
      backchannelAuthenticationEndpoint: `${issuer}/b`,
      supportedBackchannelTokenDeliveryModes: ['POLL'],
      jwksUri: `${issuer}/j`,
      policyUri: `${issuer}/policy`,
      tosUri: `${issuer}/tos`,
      serviceDocumentation: `${issuer}/docs`,
    })
    expect(await metadata()).toMatchObject({
      authorization_endpoint: `${issuer}/a`,
      token_endpoint: `${issuer}/t`,
      userinfo_endpoint: `${issuer}/u`,
      revocation_endpoint: `${issuer}/r`,
      introspection_endpoint: `${issuer}/i`,
      end_session_endpoint: `${issuer}/e`,
      backchannel_authentication_endpoint: `${issuer}/b`,
      backchannel_token_delivery_modes_supported: ['poll'],
      jwks_uri: `${issuer}/j`,
      op_policy_uri: `${issuer}/policy`,
      op_tos_uri: `${issuer}/tos`,
      service_documentation: `${issuer}/docs`,
    })
  })

  it('lists acr, languages, displays and claims (OIDC Core §3.1.2.1)', async () => {
    await service.configure({
      supportedAcrs: ['loa2'],
      supportedUiLocales: ['en', 'de'],
      supportedDisplays: ['PAGE', 'TOUCH'],
      supportedClaimTypes: ['NORMAL', 'DISTRIBUTED'],
      supportedClaimLocales: ['ja'],
      supportedClaims: ['name', 'email'],
      metadata: [
        { key: 'x_list', value: '["a"]' },
        { key: 'x_text', value: 'b' },
      ],
    })
    expect(await metadata()).toMatchObject({
      acr_values_supported: ['loa2'],
      ui_locales_supported: ['en', 'de'],
      display_values_supported: ['page', 'touch'],
      claim_types_supported: ['normal', 'distributed'],
      claims_locales_supported: ['ja'],
      claims_supported: ['name', 'email'],
      x_list: ['a'],
      x_text: 'b',
    })
    await service.configure({})
  })
})

describe('signature key ID', () => {
  const kid = async (setting: Record<string, unknown>, read: () => Promise<string>) => {
    await service.configure({ jwks: jwksOf(...serviceKeys, second), ...setting })
    const { kid } = decodeProtectedHeader(await read())
    await service.configure({})
    return kid
  }

  it('selects the key of JWT access tokens: accessTokenSignatureKeyId', async () => {
    const setting = { accessTokenSignAlg: 'RS256', accessTokenSignatureKeyId: 'second' }
    const read = async () => (await obtainTokens(service, client)).accessToken
    expect(await kid(setting, read)).toBe('second')
  })

  it('selects the key of ID Tokens: idTokenSignatureKeyId', async () => {
    const read = async () => (await obtainTokens(service, client)).idToken
    expect(await kid({ idTokenSignatureKeyId: 'second' }, read)).toBe('second')
    expect(await kid({}, read)).toBe('rs256')
  })

  it('selects the key of UserInfo: userInfoSignatureKeyId', async () => {
    const signed = await service.client({ userInfoSignAlg: 'RS256' })
    const read = async () => {
      const { accessToken: token } = await obtainTokens(service, signed)
      return (await service.api('/auth/userinfo/issue', { token })).responseContent
    }
    expect(await kid({ userInfoSignatureKeyId: 'second' }, read)).toBe('second')
  })

  it('selects the key of authorization responses: authorizationSignatureKeyId', async () => {
    const read = async () => {
      const { ticket } = await authorize(service, client, { response_mode: 'jwt' })
      const call = { ticket, subject: 'alice' }
      const { responseContent } = await service.api('/auth/authorization/issue', call)
      return new URL(responseContent).searchParams.get('response') ?? ''
    }
    expect(await kid({ authorizationSignatureKeyId: 'second' }, read)).toBe('second')
  })

  it('selects the key of introspection responses: introspectionSignatureKeyId', async () => {
    const read = async () => {
      const { accessToken } = await obtainTokens(service, client)
      const accept = { httpAcceptHeader: 'application/token-introspection+jwt' }
      const { responseContent } = await service.api('/auth/introspection/standard', {
        parameters: form({ token: accessToken }),
        ...{ ...accept, rsUri: 'https://api.example.com' },
      })
      return responseContent
    }
    expect(await kid({ introspectionSignatureKeyId: 'second' }, read)).toBe('second')
  })
})

describe('service setting', () => {
  it('accessTokenType is the token_type of unbound tokens (RFC 6749 §7.1)', async () => {
    await service.configure({ accessTokenType: 'N_A' })
    const { responseContent } = await obtainTokens(service, client)
    expect(JSON.parse(responseContent).token_type).toBe('N_A')
    await service.configure({})
  })

  it('allowableClockSkew is the tolerated clock difference of clients in seconds', async () => {
    const signing = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT' },
      jwks: jwksOf(publicKey(clientKey)),
    })
    const ask = async (ahead: number) => {
      const iat = Math.floor(service.system.clock() / 1000) + ahead
      const by = await assertionFor(service, signing, { iat })
      const parameters = form({ ...by, grant_type: 'client_credentials' })
      return (await service.api('/auth/token', { parameters })).action
    }
    expect([await ask(9), await ask(30)]).toEqual(['OK', 'INVALID_CLIENT'])
    await service.configure({ allowableClockSkew: 60 })
    expect([await ask(30), await ask(70)]).toEqual(['OK', 'INVALID_CLIENT'])
    await service.configure({})
  })

  it('dpopNonceDuration is the lifetime of a nonce in seconds (RFC 9449 §8)', async () => {
    await service.configure({ dpopNonceRequired: true, dpopNonceDuration: 20 })
    const key = await dpopKey()
    const ask = async (nonce: string) => {
      const now = service.system.clock()
      const dpop = await proof(key, { htu: `${issuer}/token`, now, claims: { nonce } })
      return requestToken(service, client, { grant_type: 'client_credentials' }, { dpop })
    }
    const { dpopNonce } = await ask('none')
    expect((await ask(dpopNonce)).action).toBe('OK')
    service.system.clock.advance(21_000)
    expect((await ask(dpopNonce)).action).toBe('BAD_REQUEST')
    await service.configure({})
  })

  it('claimShortcutRestrictive keeps scope claims out of ID Tokens (OIDC Core §5.4)', async () => {
    const claims = async (response_type: string) =>
      (await authorize(service, client, { response_type, scope: 'openid email' })).claims
    await service.configure({ claimShortcutRestrictive: true })
    const restricted = [await claims('code'), await claims('id_token')]
    await service.configure({ claimShortcutRestrictive: false })
    const open = [await claims('code'), await claims('id_token')]
    expect({ restricted, open }).toEqual({
      restricted: [[], ['email', 'email_verified']],
      open: [
        ['email', 'email_verified'],
        ['email', 'email_verified'],
      ],
    })
    await service.configure({})
  })

  it('supportedRevocationAuthMethods are the methods for revocation (RFC 8414 §2)', async () => {
    const { accessToken } = await obtainTokens(service, client)
    const revoke = () =>
      service.api('/auth/revocation', {
        parameters: form({ token: accessToken }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
    await service.configure({ supportedRevocationAuthMethods: ['PRIVATE_KEY_JWT'] })
    expect(await revoke()).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010007' })
    await service.configure({ supportedRevocationAuthMethods: ['CLIENT_SECRET_BASIC'] })
    expect((await revoke()).action).toBe('OK')
    await service.configure({})
  })

  it('supportedIntrospectionAuthMethods are in the metadata (RFC 8414 §2)', async () => {
    await service.configure({ supportedIntrospectionAuthMethods: ['CLIENT_SECRET_BASIC'] })
    const { introspection_endpoint_auth_methods_supported } = await metadata()
    expect(introspection_endpoint_auth_methods_supported).toEqual(['client_secret_basic'])
    await service.configure({})
  })
})
