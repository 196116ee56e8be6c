/** Access tokens that the service itself verifies: `/auth/introspection`. */
import type { Access, Demand, Presented } from '../access.ts'
import { hash } from '../bytes.ts'
import { PosternError } from '../error.ts'
import type { IntrospectionResponse } from '../generated/types.ts'
import type { PosternClient } from '../types.ts'
import type { Scheme } from './local.ts'
import { AccessRefused } from './refused.ts'
import { millisecondsSince, moment } from './revocations.ts'

export interface IntrospectionOptions {
  readonly postern: PosternClient
  readonly audience: readonly string[]
  readonly cache: { readonly milliseconds: number; readonly entries?: number } | undefined
  readonly now: () => number
}

export type Introspect = (
  token: string,
  scheme: Scheme,
  presented: Presented,
  demand: Demand,
) => Promise<Access>

interface Held {
  readonly access: Access
  readonly until: number
}

export function createIntrospection(options: IntrospectionOptions): Introspect {
  const { cache, now } = options
  const held = new Map<string, Held>()
  return async (token, scheme, presented, demand) => {
    // What a sender must prove is different in each request.
    const isUnbound = scheme === 'Bearer' && presented.certificate === undefined
    if (!cache || !isUnbound) return introspect(token, scheme, presented, demand, options)
    const key = await hash(`${token} ${JSON.stringify(demand)}`)
    const known = held.get(key)
    if (known && known.until > now()) return known.access
    held.delete(key)
    const askedAt = now()
    const access = await introspect(token, scheme, presented, demand, options)
    const [oldest] = held.keys()
    if (held.size >= (cache.entries ?? 1_000) && oldest !== undefined) held.delete(oldest)
    held.set(key, { access, until: Math.min(askedAt + cache.milliseconds, access.expiresAt) })
    return access
  }
}

/** Refuses what an answer says that took longer: the token may have been revoked since. */
export const within =
  (milliseconds: number, introspect: Introspect): Introspect =>
  async (...given) => {
    const askedAt = moment()
    const access = await introspect(...given)
    if (millisecondsSince(askedAt) <= milliseconds) return access
    throw unavailable('The answer of introspection came too late.')
  }

async function introspect(
  token: string,
  scheme: Scheme,
  { dpop, method, url, certificate }: Presented,
  { scopes, acrValues, maxAge }: Demand,
  { postern, audience }: IntrospectionOptions,
): Promise<Access> {
  if (scheme === 'DPoP' && !dpop) {
    const says = 'The request has no DPoP proof.'
    throw new AccessRefused({ error: 'invalid_dpop_proof', scheme, says })
  }
  const answer = await ask(postern, {
    token,
    ...(scopes ? { scopes: [...scopes] } : {}),
    ...(acrValues ? { acrValues: [...acrValues] } : {}),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(scheme === 'DPoP' && dpop ? { dpop, htm: method, htu: url } : {}),
    ...(certificate === undefined ? {} : { clientCertificate: pemOf(certificate) }),
  })
  if (answer.action !== 'OK') throw refusalOf(answer, scheme)
  const resources = answer.accessTokenResources ?? answer.resources ?? []
  if (resources.length > 0 && !resources.some((each) => audience.includes(each))) {
    const says = 'The access token is for another audience.'
    throw new AccessRefused({ error: 'invalid_token', scheme, says })
  }
  return {
    verifiedBy: 'introspection',
    subject: answer.subject,
    clientId: answer.clientId === undefined ? undefined : String(answer.clientId),
    scopes: answer.scopes ?? [],
    audience: resources,
    expiresAt: answer.expiresAt ?? 0,
    boundBy: answer.certificateThumbprint ? 'mtls' : undefined,
    claims: { ...answer },
  }
}

async function ask(postern: PosternClient, body: object): Promise<IntrospectionResponse> {
  try {
    return await postern.post('/auth/introspection', body)
  } catch (error) {
    if (!(error instanceof PosternError)) throw error
    throw unavailable(error.message)
  }
}

export const unavailable = (says: string): AccessRefused =>
  new AccessRefused({ error: 'temporarily_unavailable', says })

const statuses = { BAD_REQUEST: 400, UNAUTHORIZED: 401, FORBIDDEN: 403 } as const

/** The challenge is that of the service. */
function refusalOf(answer: IntrospectionResponse, scheme: Scheme): AccessRefused {
  const { action, responseContent = '', resultMessage, dpopNonce } = answer
  if (action === 'OK' || action === 'INTERNAL_SERVER_ERROR') return unavailable(resultMessage)
  const error = /\berror="([a-z_]+)"/.exec(responseContent)?.[1]
  return new AccessRefused({
    ...{ scheme, says: resultMessage, challenge: responseContent, dpopNonce },
    status: statuses[action],
    error: (error ?? 'invalid_token') as 'invalid_token',
  })
}

/** PEM, as the service takes it. */
function pemOf(certificate: string | Uint8Array): string {
  if (typeof certificate === 'string') return certificate
  const lines = btoa(String.fromCharCode(...certificate)).replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
