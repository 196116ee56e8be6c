/** Changes that an explanation offers: each is accepted, and lets the same request go on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  challenge,
  createService,
  form,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import type { Json, TestServer } from '../../support/server.ts'

interface Case {
  name: string
  service?: Record<string, unknown>
  client?: Record<string, unknown>
  operation?: string
  parameters(client: Json): string
  change: Record<string, unknown>
  weakens?: true
  code: string
}

const other = 'https://app.example.com/other'
const authorizes = (more: Record<string, string | undefined>) => (client: Json) =>
  authorizationRequest(client, more)
const grants = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN']

const cases: Case[] = [
  {
    name: 'a redirect URI that is not registered',
    parameters: authorizes({ redirect_uri: other }),
    code: 'P004003',
    change: { of: 'client', patch: { redirectUris: [redirectUri, other] } },
  },
  {
    name: 'a client without redirect URIs',
    client: { redirectUris: [] },
    parameters: authorizes({}),
    code: 'P004001',
    change: { of: 'client', patch: { redirectUris: [redirectUri] } },
  },
  {
    name: 'a response type that the client did not register',
    client: { responseTypes: ['NONE'] },
    parameters: authorizes({}),
    code: 'P005004',
    change: { of: 'client', patch: { responseTypes: ['NONE', 'CODE'] } },
  },
  {
    name: 'a response type that the service does not support',
    service: { supportedResponseTypes: ['CODE'] },
    parameters: authorizes({ response_type: 'id_token code' }),
    code: 'P005003',
    change: { of: 'service', patch: { supportedResponseTypes: ['CODE', 'CODE_ID_TOKEN'] } },
    weakens: true,
  },
  {
    name: 'a response mode that the client did not register',
    client: { responseModes: ['QUERY'] },
    parameters: authorizes({ response_mode: 'form_post' }),
    code: 'P005009',
    change: { of: 'client', patch: { responseModes: ['QUERY', 'FORM_POST'] } },
  },
  {
    name: 'a grant type that the service does not support',
    service: { supportedGrantTypes: grants },
    operation: '/auth/token',
    parameters: () => form({ grant_type: 'client_credentials', scope: 'read' }),
    code: 'P013003',
    change: { of: 'service', patch: { supportedGrantTypes: [...grants, 'CLIENT_CREDENTIALS'] } },
  },
  {
    name: 'a grant type that the client did not register',
    client: { grantTypes: grants },
    operation: '/auth/token',
    parameters: () => form({ grant_type: 'client_credentials', scope: 'read' }),
    code: 'P013004',
    change: { of: 'client', patch: { grantTypes: [...grants, 'CLIENT_CREDENTIALS'] } },
  },
  {
    name: 'a grant type that the response type needs, and the service does not support',
    service: { supportedGrantTypes: ['CLIENT_CREDENTIALS'] },
    parameters: authorizes({}),
    code: 'P013005',
    change: {
      of: 'service',
      patch: { supportedGrantTypes: ['CLIENT_CREDENTIALS', 'AUTHORIZATION_CODE'] },
    },
  },
  {
    name: 'a grant type that the response type needs, and the client did not register',
    client: { grantTypes: grants },
    parameters: authorizes({ response_type: 'code id_token' }),
    code: 'P013006',
    change: { of: 'client', patch: { grantTypes: [...grants, 'IMPLICIT'] } },
    weakens: true,
  },
  {
    name: 'a scope that the service does not support',
    service: { scopeRequired: true },
    parameters: authorizes({ scope: 'orders' }),
    code: 'P002003',
    change: { of: 'service', patch: { supportedScopes: expect.any(Array) } },
  },
  {
    name: 'a client authentication method that the service does not support',
    service: { supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'] },
    operation: '/auth/token',
    parameters: () => form({ grant_type: 'client_credentials', scope: 'read' }),
    code: 'P010007',
    change: {
      of: 'service',
      patch: { supportedTokenAuthMethods: ['PRIVATE_KEY_JWT', 'CLIENT_SECRET_BASIC'] },
    },
  },
  {
    name: 'a secret in the body of a client that sends it in the header',
    operation: '/auth/token',
    parameters: (client) =>
      form({
        ...{ grant_type: 'client_credentials', scope: 'read' },
        ...{ client_id: String(client.clientId), client_secret: client.clientSecret },
      }),
    code: 'P010006',
    change: { of: 'client', patch: { tokenAuthMethod: 'CLIENT_SECRET_POST' } },
  },
  {
    name: 'PKCE that the client must use',
    client: { pkceRequired: true },
    parameters: authorizes({ code_challenge: undefined, code_challenge_method: undefined }),
    code: 'P003001',
    change: { of: 'client', patch: { pkceRequired: false } },
    weakens: true,
  },
  {
    name: 'the method of PKCE',
    service: { pkceS256Required: true },
    parameters: authorizes({ code_challenge: challenge, code_challenge_method: 'plain' }),
    code: 'P003005',
    change: { of: 'service', patch: { pkceS256Required: false } },
    weakens: true,
  },
  {
    name: 'a request that must be pushed',
    service: { parRequired: true },
    parameters: authorizes({}),
    code: 'P018001',
    change: { of: 'service', patch: { parRequired: false } },
    weakens: true,
  },
  {
    name: 'a request object that is required',
    client: { requestObjectRequired: true },
    parameters: authorizes({}),
    code: 'P031005',
    change: { of: 'client', patch: { requestObjectRequired: false } },
    weakens: true,
  },
  {
    name: 'a request URI that is not registered',
    parameters: authorizes({ request_uri: 'https://app.example.com/request.jwt' }),
    code: 'P018006',
    change: { of: 'client', patch: { requestUris: ['https://app.example.com/request.jwt'] } },
  },
]

let server: TestService
beforeAll(async () => {
  server = await createService()
})
afterAll(() => server.close())

async function prepared(each: Pick<Case, 'service' | 'client'>) {
  const service = await createService(each.service, server as TestServer)
  const client = await service.client(each.client)
  const proves = { clientId: String(client.clientId), clientSecret: client.clientSecret }
  const dry = async (operation: string, parameters: string) => {
    const isInHeader = operation === '/auth/token' && !parameters.includes('client_secret')
    const request = isInHeader ? { parameters, ...proves } : { parameters }
    service.system.clock.advance(1_000)
    return (await service.api('/explain', { operation, request })).explanation.refusedBy
  }
  return { service, client, dry }
}

const merge = { 'Content-Type': 'application/merge-patch+json' }

describe('offered change', () => {
  it.each(cases)('of $name', async (each) => {
    const { operation = '/auth/authorization', code, change, weakens } = each
    const { service, client, dry } = await prepared(each)
    const parameters = each.parameters(client)
    const before = await dry(operation, parameters)
    expect(before).toMatchObject({ code, change })
    expect(before.change.weakens).toBe(weakens)
    const { of, clientId, patch } = before.change
    expect(clientId).toBe(of === 'client' ? client.clientId : undefined)
    const at = of === 'client' ? `clients/${clientId}` : 'service'
    const path = `/api/${service.serviceId}/${at}`
    const patched = await service.call('PATCH', path, JSON.stringify(patch), { headers: merge })
    expect([patched.status, patched.body.resultMessage]).toEqual([200, undefined])
    expect((await dry(operation, parameters))?.code).not.toBe(code)
  })

  it.each([
    ['a redirect URI that would not be valid', { redirect_uri: 'javascript:alert(1)' }],
    ['a redirect URI with a fragment', { redirect_uri: 'https://app.example.com/#x' }],
    ['an unknown response type', { response_type: 'unknown' }],
    ['an unknown response mode', { response_mode: 'unknown' }],
  ])('is not made for %s', async (_, more) => {
    const { client, dry } = await prepared({})
    const refused = await dry('/auth/authorization', authorizationRequest(client, more))
    expect(refused.code).toMatch(/^P/)
    expect(refused).not.toHaveProperty('change')
  })

  it('is not made where a profile demands it', async () => {
    const { client, dry } = await prepared({ service: { fapiModes: ['FAPI2_SECURITY'] } })
    const refused = await dry('/auth/authorization', authorizationRequest(client))
    expect(refused.evidence.setting).toBe('service.fapiModes=FAPI2_SECURITY')
    expect(refused).not.toHaveProperty('change')
  })

  it('is in the explanation of a real call, for callers that may see settings', async () => {
    const { service, client } = await prepared({})
    const body = { parameters: authorizationRequest(client, { redirect_uri: other }) }
    const { explanation } = await service.api('/auth/authorization', body, { Prefer: 'explain' })
    expect(explanation.refusedBy.change).toMatchObject({ of: 'client', clientId: client.clientId })
  })
})
