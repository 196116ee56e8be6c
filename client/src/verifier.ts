/** The order of checks of a request at a resource server. */
import type { Access, Demand, Presented, ResourceServerOptions } from './access.ts'
import { createKeySet, KeysUnavailable } from './keyset.ts'
import {
  confirmationOf,
  type LocalOptions,
  requireCertificate,
  type Scheme,
  verifyLocally,
} from './local.ts'
import { createIntrospection, unavailable } from './opaque.ts'
import { createProofMemory, type ProofOptions, requireProof } from './proofs.ts'
import { AccessRefused } from './refused.ts'

export type Verify = (presented: Presented, demand?: Demand) => Promise<Access>

/** Verifies what a request presents; rejects with an `AccessRefused`. */
export function createVerifier(options: ResourceServerOptions): Verify {
  const { issuer, jwksUri, postern, clockTolerance = 5, resourceMetadata } = options
  const { now = Date.now, fetch = (request) => globalThis.fetch(request) } = options
  const audience = typeof options.audience === 'string' ? [options.audience] : options.audience
  if (!jwksUri && !postern) throw new TypeError('jwksUri or postern is required.')
  const isSigned = jwksUri && createKeySet({ jwksUri, fetch, now })
  const local = isSigned && { issuer, audience, clockTolerance, isSigned, now }
  const cache = options.introspectionCache
  const introspect = postern && createIntrospection({ postern, audience, cache, now })
  const { window = 60, memory = createProofMemory(now), nonces } = options.dpop ?? {}
  const proofs: ProofOptions = { window, memory, nonces, now }

  const verified: Verify = async (presented, demand = {}) => {
    const { scheme, token } = credentialsOf(presented)
    if (local && isJwt(token)) {
      const access = await locally(token, scheme, presented, local, proofs)
      requireDemand(access, demand, scheme, now())
      return access
    }
    if (introspect) return introspect(token, scheme, presented, demand)
    throw new AccessRefused({ error: 'invalid_token', scheme, says: 'The token is no JWT.' })
  }
  return async (presented, demand) => {
    try {
      return await verified(presented, demand)
    } catch (error) {
      if (!(error instanceof AccessRefused)) throw error
      const refused =
        resourceMetadata === undefined
          ? error
          : error.challenging('resource_metadata', resourceMetadata)
      options.onRefused?.(refused)
      throw refused
    }
  }
}

const isJwt = (token: string) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)

/** RFC 6750 §2.1, RFC 9449 §7.1. */
function credentialsOf({ authorization }: Presented): { scheme: Scheme; token: string } {
  const [, name = '', token] = /^(Bearer|DPoP) +([\w.~+/-]+=*) *$/i.exec(authorization ?? '') ?? []
  if (token !== undefined) {
    return { scheme: name.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token }
  }
  if (/^(Bearer|DPoP)\b/i.test(authorization ?? '')) {
    const says = 'The header Authorization has no token.'
    throw new AccessRefused({ error: 'invalid_request', says })
  }
  throw new AccessRefused({ says: 'The request has no access token.' })
}

async function locally(
  token: string,
  scheme: Scheme,
  { dpop, method, url, certificate }: Presented,
  local: LocalOptions,
  proofs: ProofOptions,
): Promise<Access> {
  const access = await verifyLocally(token, scheme, local).catch((error: unknown) => {
    throw error instanceof KeysUnavailable ? unavailable(error.message) : error
  })
  const refuse = (says: string): never => {
    throw new AccessRefused({ error: 'invalid_token', scheme: 'DPoP', says })
  }
  const { jkt: thumbprint } = confirmationOf(access.claims)
  if (thumbprint === undefined && scheme === 'DPoP')
    refuse('The access token is not bound to a key.')
  if (thumbprint !== undefined) {
    if (typeof thumbprint !== 'string')
      return refuse('The confirmation of the access token is wrong.')
    // A bound token in place of a bearer token would be used without its key: RFC 9449 §7.2.
    if (scheme !== 'DPoP') refuse('The access token requires the scheme DPoP.')
    await requireProof({ proof: dpop ?? '', method, url, token, thumbprint }, proofs)
  }
  await requireCertificate(access.claims, certificate, scheme)
  return access
}

function requireDemand(
  { scopes, claims }: Access,
  demand: Demand,
  scheme: Scheme,
  now: number,
): void {
  const { acrValues, maxAge } = demand
  const { acr, auth_time: authTime } = claims
  const isOfContext = !acrValues || (typeof acr === 'string' && acrValues.includes(acr))
  const isRecent =
    maxAge === undefined || (typeof authTime === 'number' && now / 1_000 - authTime <= maxAge)
  if (!isOfContext || !isRecent) {
    throw new AccessRefused({
      ...{ error: 'insufficient_user_authentication', scheme },
      says: 'The user must authenticate again, or in another way.',
      parameters: {
        ...(acrValues ? { acr_values: acrValues.join(' ') } : {}),
        ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
      },
    })
  }
  const missing = demand.scopes?.filter((each) => !scopes.includes(each)) ?? []
  if (missing.length === 0) return
  throw new AccessRefused({
    ...{ error: 'insufficient_scope', scheme },
    says: `The access token lacks ${missing.join(', ')}.`,
    parameters: { scope: demand.scopes?.join(' ') ?? '' },
  })
}
