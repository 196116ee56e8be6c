/** Responses to explicit registrations, OpenID Federation §12.2.3. */
import type { Client } from '../../../model/client/client.ts'
import type { Service } from '../../../model/service/service.ts'
import { visibleSecret } from '../../client-authentication/secret.ts'
import { needsSecret, publicMetadata } from '../../registration/response.ts'
import { resolvedByType, type TrustChain } from '../trust-chain.ts'

type Claims = Readonly<Record<string, unknown>>

export const responseType = 'explicit-registration-response+jwt'

interface Registered {
  /** The entity identifier of the service. */
  provider: string
  client: Client
  chain: TrustChain
  /** A secret that the client just got. */
  fresh: string | undefined
  /** Milliseconds since the Unix epoch. */
  now: number
}

const inSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000)

/** The claims that tell a relying party what was registered, and until when. */
export function responseClaims(
  service: Service,
  { provider, client, chain, fresh, now }: Registered,
): Claims {
  const { subject, anchor, statements, subordinate, expiresAt } = chain
  return {
    iss: provider,
    sub: subject,
    aud: subject,
    iat: inSeconds(now),
    exp: inSeconds(client.trustChainExpiresAt ?? expiresAt),
    trust_anchor: anchor,
    authority_hints: [subordinate[0]?.issuer],
    jwks: statements[0]?.claims['jwks'],
    metadata: {
      ...otherMetadata(chain),
      openid_relying_party: {
        ...publicMetadata(client),
        client_id: subject,
        ...secretMembers(service, client, fresh),
      },
    },
  }
}

/** The secret does not expire: it is worth nothing once the registration has expired. */
function secretMembers(service: Service, client: Client, fresh: string | undefined): Claims {
  const secret = needsSecret(client) ? visibleSecret(service, client, fresh) : undefined
  return secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }
}

/**
 * What the superiors make of the other entity types of the request. A relying party expects all
 * types of its request in the response, OpenID Federation §12.2.5.
 */
function otherMetadata(chain: TrustChain): Claims {
  const types = new Map(resolvedByType(chain))
  types.delete('openid_relying_party')
  return Object.fromEntries(types)
}
