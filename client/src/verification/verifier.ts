/** The order of checks of a request at a resource server. */
import type { Access, Demand, Presented, ResourceServerOptions } from '../access.ts'
import { createKeySet, KeysUnavailable } from './keyset.ts'
import { confirmationOf, requireCertificate, type Scheme } from './local.ts'
import { createIntrospection, unavailable, within } from './opaque.ts'
import { createProofMemory, type ProofOptions, requireProof } from './proofs.ts'
import { AccessRefused } from './refused.ts'
import { createRevocations, defaultAge } from './revocations.ts'
import { createVerifiedTokens, type Verified } from './verified.ts'

export type Verify = (presented: Presented, demand?: Demand) => Promise<Access>

const mostTokens = 10_000

/** Verifies what a request presents; rejects with an `AccessRefused`. */
export function createVerifier(options: ResourceServerOptions): Verify {
  const { issuer, jwksUri, postern, clockTolerance = 5, resourceMetadata } = options
  const { now = Date.now, fetch = (request) => globalThis.fetch(request) } = options
  const audience = typeof options.audience === 'string' ? [options.audience] : options.audience
  if (!jwksUri && !postern) throw new TypeError('jwksUri or postern is required.')
  if (options.revocations && !(jwksUri && postern)) {
    throw new TypeError('revocations require jwksUri and postern.')
  }
  const isSigned = jwksUri && createKeySet({ jwksUri, fetch, now })
  const local = isSigned && { issuer, audience, clockTolerance, isSigned, now }
  const tokens = local && createVerifiedTokens(local, options.verifiedTokens ?? mostTokens)
  const given = options.introspectionCache
  const { maxAge = defaultAge } = options.revocations ?? {}
  // What is known of a token may be old for one time only, however it came to be known.
  const cache =
    given && options.revocations
      ? { ...given, milliseconds: Math.min(given.milliseconds, maxAge) }
      : given
  const asked = postern && createIntrospection({ postern, audience, cache, now })
  const introspect = asked && (options.revocations ? within(maxAge, asked) : asked)
  const revocations =
    postern &&
    options.revocations &&
    createRevocations(postern, now, { ...options.revocations, maxAge })
  const { window = 60, memory = createProofMemory(now), nonces } = options.dpop ?? {}
  const proofs: ProofOptions = { window, memory, nonces, now }

  const verified: Verify = async (presented, demand = {}) => {
    const { scheme, token } = credentialsOf(presented)
    const isLocal = isJwt(token) && (!revocations || revocations.isFresh())
    if (tokens && isLocal) {
      const { access, name } = await signed(tokens, token, scheme)
      const isSettled = () => !revocations || revocations.isSettled(name, access.claims)
      if (isSettled()) {
        await requireSender(access, token, scheme, presented, proofs)
        requireDemand(access, demand, scheme, now())
        // Again: a proof takes time.
        if (isSettled()) return revocations ? { ...access, verifiedBy: 'snapshot' } : access
      }
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

async function requireSender(
  { claims }: Access,
  token: string,
  scheme: Scheme,
  { dpop, method, url, certificate }: Presented,
  proofs: ProofOptions,
): Promise<void> {
  const refuse = (says: string): never => {
    throw new AccessRefused({ error: 'invalid_token', scheme: 'DPoP', says })
  }
  const { jkt: thumbprint } = confirmationOf(claims)
  if (thumbprint === undefined && scheme === 'DPoP')
    refuse('The access token is not bound to a key.')
  if (thumbprint !== undefined) {
    if (typeof thumbprint !== 'string')
      return refuse('The confirmation of the access token is wrong.')
    // A bound token in place of a bearer token would be used without its key: RFC 9449 §7.2.
    if (scheme !== 'DPoP') refuse('The access token requires the scheme DPoP.')
    await requireProof({ proof: dpop ?? '', method, url, token, thumbprint }, proofs)
  }
  await requireCertificate(claims, certificate, scheme)
}

async function signed(
  tokens: ReturnType<typeof createVerifiedTokens>,
  token: string,
  scheme: Scheme,
): Promise<Verified> {
  try {
    return await tokens(token, scheme)
  } catch (error) {
    throw error instanceof KeysUnavailable ? unavailable(error.message) : error
  }
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
