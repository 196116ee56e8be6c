/** Whole flows for tests, with the test as the frontend and as the client. */
import { createPostern } from '../embedded/postern.ts'
import type { Postern, PosternOptions } from '../embedded/types.ts'
import { type CodeOptions, code, type Tokens } from './code-flow.ts'
import type { Provisioned } from './provision.ts'

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
