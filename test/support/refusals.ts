/** The refusals that people meet most often, each with a call and what explains it. */
import { dpopKey, proof } from './dpop.ts'
import {
  authorizationRequest,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redirectUri,
  refresh,
  type TestService,
  verifier,
} from './flows.ts'
import type { Json } from './server.ts'

export interface CommonRefusal {
  name: string
  operation: string
  request(): Promise<Record<string, unknown>>
  /** The explanation, as far as it is certain. */
  code: string
  evidence: Record<string, unknown>
  /** Texts that the explanation must not contain. */
  secrets?: string[]
}

const secret = (length: number) => ({ present: true, length })
const hashed = (length: number) => ({ ...secret(length), sha256: /^[\da-f]{8}$/ })

/** The refusals of a service and a client of it; the calls prepare what they need. */
export function commonRefusals(service: TestService, client: Json): CommonRefusal[] {
  const proves = { clientId: String(client.clientId), clientSecret: client.clientSecret }
  const redeems = (code: string, more: Record<string, string> = {}) => ({
    parameters: form({
      ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      ...{ code_verifier: verifier, ...more },
    }),
    ...proves,
  })
  const wrongVerifier = 'w'.repeat(50)
  const wrongSecret = 'not-the-secret-of-the-client'
  return [
    {
      name: 'a redirect URI that is not registered',
      operation: '/auth/authorization',
      request: async () => ({
        parameters: authorizationRequest(client, { redirect_uri: `${redirectUri}/` }),
      }),
      code: 'P004003',
      evidence: {
        parameter: 'redirect_uri',
        given: `${redirectUri}/`,
        setting: 'client.redirectUris',
        expected: [redirectUri],
        note: `differs at character ${redirectUri.length + 1}: "/" instead of the end, in entry 1`,
      },
    },
    {
      name: 'a verifier that does not match',
      operation: '/auth/token',
      request: async () =>
        redeems(await obtainCode(service, client), { code_verifier: wrongVerifier }),
      code: 'P003008',
      evidence: { parameter: 'code_verifier', given: hashed(50) },
      secrets: [wrongVerifier, verifier],
    },
    {
      name: 'a code that has expired',
      operation: '/auth/token',
      request: async () => {
        const code = await obtainCode(service, client)
        service.system.clock.advance(700_000)
        return redeems(code)
      },
      code: 'P020002',
      evidence: {
        parameter: 'code',
        given: hashed(43),
        setting: 'service.authorizationResponseDuration',
        note: /^It expired at \d+; it is \d+ now\.$/,
      },
    },
    {
      name: 'a refresh token that is used again',
      operation: '/auth/token',
      request: async () => {
        const { refreshToken } = await obtainTokens(service, client)
        await refresh(service, client, refreshToken)
        service.system.clock.advance(120_000)
        const parameters = form({ grant_type: 'refresh_token', refresh_token: refreshToken })
        return { parameters, ...proves }
      },
      code: 'P021005',
      evidence: {
        parameter: 'refresh_token',
        given: hashed(43),
        setting: 'service.refreshTokenKept',
        expected: false,
        note: /^It was replaced at \d+; it is \d+ now\.$/,
      },
    },
    {
      name: 'a wrong client secret',
      operation: '/auth/token',
      request: async () => ({
        parameters: form({ grant_type: 'client_credentials' }),
        ...{ ...proves, clientSecret: wrongSecret },
      }),
      code: 'P010005',
      evidence: {
        parameter: 'client_secret',
        given: secret(wrongSecret.length),
        setting: 'client.clientSecret',
        expected: secret(client.clientSecret.length),
      },
      secrets: [wrongSecret],
    },
    {
      name: 'a request that was not pushed',
      operation: '/auth/authorization',
      request: async () => {
        const pushing = await service.client({ parRequired: true })
        return { parameters: authorizationRequest(pushing) }
      },
      code: 'P018001',
      evidence: {
        parameter: 'request_uri',
        setting: 'client.parRequired',
        expected: { beginsWith: 'urn:ietf:params:oauth:request_uri:' },
      },
    },
    {
      name: 'a DPoP proof for another URL',
      operation: '/auth/token',
      request: async () => {
        const now = service.system.clock()
        const dpop = await proof(await dpopKey(), { htu: `${issuer}/other`, now })
        return { ...redeems(await obtainCode(service, client)), dpop }
      },
      code: 'P016006',
      evidence: {
        parameter: 'DPoP.htu',
        given: `${issuer}/other`,
        setting: 'service.tokenEndpoint',
        expected: `${issuer}/token`,
      },
    },
  ]
}
