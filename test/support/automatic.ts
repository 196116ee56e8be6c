/** Relying parties that register automatically at a service: their requests and assertions. */

import {
  type Entity,
  entity,
  federationOf,
  pinned,
  type RelyingParty,
  relyingParty,
  signed,
} from './federation.ts'
import { createService, form, issuer, redirectUri, type TestService } from './flows.ts'
import type { Json, ServerOptions } from './server.ts'

type Claims = Record<string, unknown>

/** A service in the federation of an anchor, with an intermediate below it. */
export interface FederatedService extends TestService {
  federation: ReturnType<typeof federationOf>
  anchor: Entity
  middle: Entity
}

export const federationSettings = (anchor: Entity) => ({
  federationEnabled: true,
  supportedClientRegistrationTypes: ['AUTOMATIC', 'EXPLICIT'],
  federationRegistrationEndpoint: `${issuer}/federation/register`,
  authorityHints: [anchor.id],
  trustAnchors: [pinned(anchor)],
  pushedAuthReqEndpoint: `${issuer}/par`,
})

export async function federatedService(
  more: Claims = {},
  options: ServerOptions = {},
): Promise<FederatedService> {
  const anchor = await entity('https://anchor.example')
  const middle = await entity('https://middle.example', { superiors: [anchor] })
  const service = await createService({ ...federationSettings(anchor), ...more }, options)
  const federation = federationOf(service.system)
  return { ...service, federation, anchor, middle }
}

let made = 0

/** A new relying party below the intermediate, which publishes its statements. */
export async function newParty(
  { middle, federation }: FederatedService,
  metadata: Claims = {},
): Promise<RelyingParty> {
  made += 1
  const party = await relyingParty(`https://rp-${made}.example`, [middle], metadata)
  federation.publish(party)
  return party
}

/** The claims of a request object; a member that is undefined is left out. */
export function requestClaims(
  { system }: Pick<TestService, 'system'>,
  party: Pick<RelyingParty, 'id'>,
  more: Claims = {},
): Claims {
  made += 1
  return {
    iss: party.id,
    aud: issuer,
    client_id: party.id,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirectUri,
    state: 'some-state',
    nonce: 'some-nonce',
    jti: `request-${made}`,
    exp: Math.floor(system.clock() / 1_000) + 300,
    ...more,
  }
}

/** How a test bends a request. */
interface Bent {
  claims?: Claims
  header?: Claims
  key?: RelyingParty['key']
  /** Parameters outside the request object. */
  outer?: Record<string, string | undefined>
}

export const requestObject = (
  service: TestService,
  party: RelyingParty,
  { claims, header = {}, key = party.protocolKey }: Bent = {},
): Promise<string> => {
  const known = JSON.parse(JSON.stringify(requestClaims(service, party, claims)))
  return signed(key, known, { typ: 'oauth-authz-req+jwt', ...header })
}

/** The parameters of an authorization request, as the certification suite sends them. */
export const requestParameters = async (
  service: TestService,
  party: RelyingParty,
  bent: Bent = {},
): Promise<string> =>
  form({
    client_id: party.id,
    scope: 'openid',
    response_type: 'code',
    request: await requestObject(service, party, bent),
    ...bent.outer,
  })

export const authorizeParty = async (
  service: TestService,
  party: RelyingParty,
  bent: Bent = {},
): Promise<Json> =>
  service.api('/auth/authorization', { parameters: await requestParameters(service, party, bent) })

/** The parameters by which a relying party authenticates with its protocol key. */
export async function assertionOf(
  { system }: Pick<TestService, 'system'>,
  party: RelyingParty,
  claims: Claims = {},
) {
  made += 1
  const exp = Math.floor(system.clock() / 1_000) + 60
  const own = { iss: party.id, sub: party.id, aud: issuer, jti: `assertion-${made}`, exp }
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signed(party.protocolKey, { ...own, ...claims }, {}),
  }
}

/** The tokens of a relying party, after the user has consented. */
export async function tokensOf(
  service: TestService,
  party: RelyingParty,
  ticket: string,
): Promise<Json> {
  const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
  return service.api('/auth/token', {
    parameters: form({
      grant_type: 'authorization_code',
      code: issued.authorizationCode,
      redirect_uri: redirectUri,
      client_id: party.id,
      ...(await assertionOf(service, party)),
    }),
  })
}
