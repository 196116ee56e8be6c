/** Credential requests as the check of a request leaves them, for tests of what is issued. */
import { eq } from 'drizzle-orm'
import type { JWK } from 'jose'
import type { CredentialRequest } from '../../src/model/credential/request.ts'
import { tokenHash } from '../../src/oauth/tokens/access-token.ts'
import { createIssuer, obtainCredentialToken } from './credentials.ts'
import type { TestService } from './flows.ts'
import type { Json } from './server.ts'

interface Kept extends Partial<CredentialRequest> {
  status?: 'PARSED' | 'DEFERRED'
  expiresAt?: number
  /** The keys of the wallet. */
  keys?: JWK[]
}

/** A request that was checked with the token; returns its identifier. */
export async function keepRequest(
  { store, system, serviceId }: TestService,
  accessToken: string,
  { status = 'PARSED', expiresAt, ...data }: Kept = {},
): Promise<string> {
  const identifier = system.random.token(256)
  const token = await store.accessTokens.find(serviceId, tokenHash(accessToken))
  if (!token) throw new Error('The access token is unknown.')
  const { configurationId = 'diploma' } = data
  const format = configurationId === 'mdl' ? 'mso_mdoc' : 'dc+sd-jwt'
  await store.commit(
    store.credentialRequests.insert({
      serviceId,
      identifierHash: tokenHash(identifier),
      status,
      clientId: token.clientId,
      subject: token.subject,
      tokenHash: token.tokenHash,
      familyId: token.familyId,
      expiresAt: expiresAt ?? system.clock() + 600_000,
      data: { keys: [], configurationId, format, ...data },
    }),
  )
  return identifier
}

export interface Issuing {
  service: TestService
  client: Json
  accessToken: string
  /** Keeps a request and decides it. */
  issue(order?: Record<string, unknown>, kept?: Kept): Promise<Json>
}

/** An issuer with a client and a token. */
export async function createIssuing(...given: Parameters<typeof createIssuer>): Promise<Issuing> {
  const service = await createIssuer(...given)
  const client = await service.client()
  const accessToken = await obtainCredentialToken(service, client)
  return {
    service,
    client,
    accessToken,
    async issue(order = {}, kept = {}) {
      const requestIdentifier = await keepRequest(service, accessToken, kept)
      const whole = { requestIdentifier, credentialPayload: diplomaPayload, ...order }
      return service.api('/vci/single/issue', { accessToken, order: whole })
    },
  }
}

export const diplomaPayload = JSON.stringify({
  degree: 'Master of Arts',
  address: { locality: 'Berlin', country: 'DE' },
  nationalities: ['DE', 'FR'],
})

export const licencePayload = JSON.stringify({
  claims: {
    'org.iso.18013.5.1': { family_name: 'Doe', birth_date: 'cbor:1004("1971-09-01")' },
  },
})

/** The credentials of a response. */
export const credentialsOf = ({ responseContent }: Json): string[] =>
  JSON.parse(responseContent).credentials.map(({ credential }: Json) => credential)

/** What the service keeps of issued credentials. */
export function issuedRows({ engine, serviceId }: TestService): Promise<Json[]> {
  const t = engine.tables.issuedCredentials
  return engine.read.select().from(t).where(eq(t.serviceId, serviceId))
}
