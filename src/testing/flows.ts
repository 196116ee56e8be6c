/** Whole flows for tests, with the test as the frontend and as the client. */
import { createHash, randomBytes } from 'node:crypto'
import { createPostern } from '../embedded/postern.ts'
import type { Postern, PosternOptions } from '../embedded/types.ts'
import { clients, services } from './settings.ts'

type Members = Record<string, unknown>

/** A service with one client. */
export interface Provisioned {
  readonly serviceId: number
  readonly clientId: number
  /** Absent for a public client. */
  readonly clientSecret?: string | undefined
  readonly redirectUri: string
}

/** Creates a service and a client from settings; by default OpenID Connect, and confidential. */
export async function provision(
  { api }: Postern,
  service: Members = services.openid(),
  client: Members = clients.confidential(),
): Promise<Provisioned> {
  const { apiKey } = await api.post<{ apiKey: number }>('service/create', service)
  const made = await api.post<Made>(`${apiKey}/client/create`, client)
  const isPublic = made.clientType === 'PUBLIC'
  return {
    serviceId: apiKey,
    clientId: made.clientId,
    ...(isPublic ? {} : { clientSecret: made.clientSecret }),
    redirectUri: made.redirectUris?.[0] ?? '',
  }
}
interface Made {
  clientId: number
  clientSecret: string
  clientType: string
  redirectUris?: string[]
}

/** What a token request was answered with. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
}

interface Answer {
  action: string
  responseContent: string
  ticket: string
}

/** Fails with the response if a step does not have the expected action. */
function expectAction(answer: Answer, action: string): Answer {
  if (answer.action === action) return answer
  throw new Error(`Expected ${action}, not ${answer.action}: ${answer.responseContent}`)
}

interface CodeOptions {
  readonly scope?: string
  readonly subject?: string
}

/** The authorization code flow with PKCE: RFC 6749 §4.1, RFC 7636. */
async function code(
  { api }: Postern,
  { serviceId, clientId, clientSecret, redirectUri }: Provisioned,
  { scope = 'openid', subject = 'alice' }: CodeOptions = {},
): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url')
  const request = {
    response_type: 'code',
    client_id: String(clientId),
    redirect_uri: redirectUri,
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  const parameters = String(new URLSearchParams(request))
  const asked = await api.post<Answer>(`${serviceId}/auth/authorization`, { parameters })
  const { ticket } = expectAction(asked, 'INTERACTION')
  const decided = { ticket, subject }
  const issued = await api.post<Answer>(`${serviceId}/auth/authorization/issue`, decided)
  const location = new URL(expectAction(issued, 'LOCATION').responseContent)
  const redeemed = {
    grant_type: 'authorization_code',
    code: location.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...(clientSecret ? {} : { client_id: String(clientId) }),
  }
  const answer = await api.post<Answer & Tokens>(`${serviceId}/auth/token`, {
    parameters: String(new URLSearchParams(redeemed)),
    ...(clientSecret ? { clientId: String(clientId), clientSecret } : {}),
  })
  expectAction(answer, 'OK')
  const { accessToken, refreshToken, idToken } = answer
  return { accessToken, refreshToken, idToken }
}

/** Flows that a test plays as a whole. */
export const flows: {
  code(postern: Postern, provisioned: Provisioned, options?: CodeOptions): Promise<Tokens>
} = { code }

/** An access token without a flow; `expiresIn` is in seconds. Of the client itself or a subject. */
export async function issueToken(
  { api }: Postern,
  { serviceId, clientId }: Pick<Provisioned, 'serviceId' | 'clientId'>,
  options: { scopes?: readonly string[]; expiresIn?: number; subject?: string } = {},
): Promise<string> {
  const { scopes = [], expiresIn, subject } = options
  const { accessToken } = await api.post<Tokens>(`${serviceId}/auth/token/create`, {
    grantType: subject === undefined ? 'CLIENT_CREDENTIALS' : 'AUTHORIZATION_CODE',
    clientId,
    scopes,
    ...(expiresIn === undefined ? {} : { accessTokenDuration: expiresIn }),
    ...(subject === undefined ? {} : { subject }),
  })
  return accessToken
}

/** For `test.extend({ postern: posternFixture() })` of vitest: one Postern for each test. */
export const posternFixture =
  (options: PosternOptions = {}): Fixture =>
  // vitest reads the parameters from the text of the function, which must destructure the first.
  // biome-ignore lint/correctness/noEmptyPattern: no other fixture is needed
  async ({}, use) => {
    const postern = await createPostern(options)
    try {
      await use(postern)
    } finally {
      await postern.close()
    }
  }
type Fixture = (context: object, use: (postern: Postern) => Promise<void>) => Promise<void>
